import { announce } from "../../layers/broker/announce.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { definedEvent, definitionFrom, describeDefinition } from "./definition.ts";
import { operations } from "./schema.ts";

export type DefinitionDependencies = HttpDependencies & Pick<Dependencies, "bus" | "registry">;

export function createHandler(dependencies: DefinitionDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-definitions"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ bus, logger, registry }: DefinitionDependencies): OperationHandlers<typeof operations> {
  const { definitions } = registry;
  return {
    async defineMetric({ body, caller, now, requestId }) {
      const definition = definitionFrom(body, { at: microsOf(now), by: caller.keyId });
      await definitions.create(definition, [definedEvent(definition, requestId)]);
      await announce({ bus, outbox: registry.outbox, logger });
      return { status: 201, body: describeDefinition(definition) };
    },

    async listDefinitions({ query }) {
      const { limit, offset, ...filters } = query;
      const { data_type: dataType, metric_type: metricType } = filters;
      const found = await definitions.list({ dataType, metricType, limit, offset });
      return {
        body: {
          metrics: found.definitions.map(describeDefinition),
          count: found.count,
          filters,
          limit,
          offset,
        },
      };
    },

    async showDefinition({ params: { metric_name: name } }) {
      const definition = await definitions.find(name);
      if (!definition) throw noSuch(name);
      return { body: describeDefinition(definition) };
    },

    async removeDefinition({ params: { metric_name: name }, now }) {
      if (!(await definitions.remove(name, microsOf(now)))) throw noSuch(name);
      return { body: { success: true, message: "Metric definition deleted", metric_name: name } };
    },
  };
}

const noSuch = (name: string) => new RefusedError(404, `no definition of the metric "${name}"`);
