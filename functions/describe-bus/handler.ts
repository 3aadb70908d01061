import type { QueueDepth } from "../../layers/broker/depths.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { maxLengthOf, physicalName } from "../../layers/topology/queue-arguments.ts";
import type { Topology } from "../../layers/topology/topology.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { createGrowth, type Growth } from "./growth.ts";
import { type BusDescription, operations } from "./schema.ts";

export type BusDependencies = HttpDependencies & Pick<Dependencies, "broker" | "topology">;

export function createHandler(dependencies: BusDependencies): HttpHandler {
  const routes = routesOf(rowOf("describe-bus"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ broker, topology }: BusDependencies): OperationHandlers<typeof operations> {
  const growthSince = createGrowth();
  return {
    async describeBus({ now }) {
      const depths = await broker.depths(topology);
      return { body: describe(topology, depths, growthSince(now, depths)) };
    },
  };
}

/** What is on the broker: a queue that is not enabled is not declared, and nothing leads to it. */
function describe(
  { exchanges, queues, bindings }: Topology,
  depths: readonly QueueDepth[],
  growth: Growth | undefined,
): BusDescription {
  const declared = new Map(
    queues.filter(({ enabled }) => enabled).map((queue) => [queue.name, physicalName(queue)]),
  );
  const depthOf = new Map(depths.map((depth) => [depth.queue, depth]));
  return {
    exchanges: exchanges.map(({ name, type, alternate = null }) => ({ name, type, alternate })),
    queues: queues.flatMap((row) => {
      const depth = depthOf.get(declared.get(row.name) ?? "");
      if (!depth) return [];
      const { kind, consumer = null } = row;
      const max_length = maxLengthOf(row);
      const { queue, ready, consumers } = depth;
      const growth_per_second = growth?.perSecond.get(queue) ?? null;
      return [{ name: queue, kind, consumer, ready, consumers, max_length, growth_per_second }];
    }),
    bindings: bindings.flatMap(({ exchange, queue, key }) => {
      const name = declared.get(queue);
      return name === undefined ? [] : [{ exchange, queue: name, key }];
    }),
    growth_over_seconds: growth?.seconds ?? null,
  };
}
