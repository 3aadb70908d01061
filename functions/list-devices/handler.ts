import { formatTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Devices } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type DeviceDependencies = HttpDependencies & Pick<Dependencies, "registry">;

export function createHandler(dependencies: DeviceDependencies): HttpHandler {
  const routes = routesOf(rowOf("list-devices"));
  return createHttpHandler({
    ...dependencies,
    routes,
    operations,
    handlers: handlersOf(dependencies.registry.devices),
  });
}

function handlersOf(devices: Devices): OperationHandlers<typeof operations> {
  return {
    async listDevices({ query }) {
      const page = await devices.list(query);
      const described = page.devices.map(({ deviceId, firstSeen, lastSeen }) => ({
        device_id: deviceId,
        first_seen: formatTime(firstSeen),
        last_seen: formatTime(lastSeen),
      }));
      return { body: { devices: described, count: page.count, ...query } };
    },
  };
}
