import type { BrokerView, QueueDepth } from "../../layers/broker/depths.ts";
import { asError } from "../../layers/core/errors.ts";
import { quantileOf } from "../../layers/core/sketch.ts";
import { MICROS_PER_SECOND, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Usage } from "../../layers/storage/registry/port.ts";
import type { Spool } from "../../layers/storage/spool/port.ts";
import type { Topology } from "../../layers/topology/topology.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { type DetailedHealth, operations } from "./schema.ts";

export type HealthDependencies = HttpDependencies &
  Pick<Dependencies, "broker" | "measurements" | "registry" | "spool" | "topology" | "service">;

type Component = DetailedHealth["components"]["broker"];

/** A part that does not answer in this time counts as away: a load balancer's own patience is short. */
const CHECK_MS = 2_000;

export function createHandler(dependencies: HealthDependencies): HttpHandler {
  const routes = routesOf(rowOf("report-health"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf(dependencies: HealthDependencies): OperationHandlers<typeof operations> {
  const { broker, measurements, registry, spool, topology, service } = dependencies;
  const about = () => ({ service: "telemetry_service", ...service });
  return {
    async health() {
      const [store, points] = await Promise.all([
        probe(() => registry.check()),
        probe(() => measurements.check()),
      ]);
      const status = worst([store, points]);
      return { status: status === "healthy" ? 200 : 503, body: { status, ...about() } };
    },

    async detailedHealth({ now }) {
      const [store, points, queues, waiting, p95, deadLetters] = await Promise.all([
        probe(() => registry.check()),
        probe(() => measurements.check()),
        depths(broker, topology),
        spoolDepth(spool, now),
        processingP95(registry.usage, now).catch(() => null),
        registry.deadLetters.counts().catch(() => null),
      ]);
      const components = {
        ...componentsOf(store, points, queues.component, topology, queues.depths),
        data_ingestion: ingestion(queues.component, waiting.component),
        spool: waiting.component,
      };
      const body: DetailedHealth = {
        status: worst(Object.values(components)),
        ...about(),
        components,
        queues: queues.depths,
        spool: waiting.depth,
        dead_letters: deadLetters?.dead ?? null,
        performance: {
          uptime_seconds: Math.round(process.uptime()),
          memory_mb: Math.round(process.memoryUsage.rss() / 1_048_576),
          event_processing_p95_ms: p95,
        },
      };
      return { body };
    },
  };
}

function componentsOf(
  registry: Component,
  points: Component,
  broker: Component,
  topology: Topology,
  queues: readonly QueueDepth[],
): Omit<DetailedHealth["components"], "data_ingestion" | "spool"> {
  return {
    time_series_db: points,
    registry,
    broker,
    alert_engine: consumed(topology, queues, "evaluate-rules", broker),
    real_time_stream: consumed(topology, queues, "push-stream", broker),
  };
}

/** What comes in is acknowledged as long as either is there. */
function ingestion(broker: Component, spool: Component): Component {
  if (broker.status === "healthy" || spool.status === "unhealthy") return broker;
  return { status: "degraded", detail: "the broker is away: what comes in waits in the spool" };
}

/** A component that lives by a queue is as well as its consumer. */
function consumed(
  topology: Topology,
  depths: readonly QueueDepth[],
  consumer: string,
  broker: Component,
): Component {
  const queues = topology.queues.filter((queue) => queue.consumer === consumer);
  if (!queues.some(({ enabled }) => enabled))
    return { status: "healthy", detail: "not part of this deployment" };
  if (broker.status !== "healthy") return broker;
  const idle = depths.filter(
    ({ queue, consumers }) => consumers === 0 && queues.some(({ name }) => name === queue),
  );
  if (idle.length === 0) return { status: "healthy" };
  return { status: "degraded", detail: `no consumer: ${idle.map(({ queue }) => queue).join(", ")}` };
}

async function depths(
  broker: BrokerView,
  topology: Topology,
): Promise<{ component: Component; depths: QueueDepth[] }> {
  let found: QueueDepth[] = [];
  const component = await probe(async () => {
    found = await broker.depths(topology);
  });
  return { component, depths: found };
}

/** While anything waits the broker was away not long ago, or is still. */
async function spoolDepth(
  spool: Spool,
  now: number,
): Promise<{ component: Component; depth: DetailedHealth["spool"] }> {
  const found: { depth: DetailedHealth["spool"] } = { depth: null };
  const component = await probe(async () => {
    const { records, bytes, oldestAt = now } = await spool.depth();
    const age = Math.max(0, Math.round((now - oldestAt) / 1_000));
    found.depth = { messages: records, bytes, oldest_age_seconds: age };
  });
  const { depth } = found;
  if (!depth?.messages) return { component, depth };
  const detail = `${depth.messages} messages wait until the broker takes them`;
  return { component: { ...component, status: "degraded", detail }, depth };
}

async function probe(check: () => Promise<unknown>): Promise<Component> {
  const startedAt = performance.now();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  try {
    await Promise.race([check(), promise]);
    return { status: "healthy", latency_ms: Math.round((performance.now() - startedAt) * 100) / 100 };
  } catch (error) {
    return { status: "unhealthy", detail: asError(error).message };
  } finally {
    clearTimeout(timer);
  }
}

function worst(components: readonly Component[]): Component["status"] {
  if (components.some(({ status }) => status === "unhealthy")) return "unhealthy";
  return components.some(({ status }) => status === "degraded") ? "degraded" : "healthy";
}

async function processingP95(usage: Usage, now: number): Promise<number | null> {
  const to = microsOf(now) + 60 * MICROS_PER_SECOND;
  const durations = await usage.durations({ from: to - 3_600 * MICROS_PER_SECOND, to });
  return (
    quantileOf(
      durations.filter(({ measure }) => measure === "processing"),
      0.95,
    ) ?? null
  );
}
