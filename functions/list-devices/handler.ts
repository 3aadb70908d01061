import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, type Micros } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Device, Devices } from "../../layers/storage/registry/port.ts";
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
      const { limit, offset, search, group, device_type: type } = query;
      const page = await devices.list({ search, type, group, limit, offset });
      return { body: { devices: page.devices.map(described), count: page.count, limit, offset } };
    },

    async showDevice({ params: { device_id } }) {
      const device = await devices.find(device_id);
      if (!device) throw new RefusedError(404, `no device ${device_id}`);
      return { body: described(device) };
    },
  };
}

const described = ({ deviceId, name, type, groups, firstSeen, lastSeen }: Device) => ({
  device_id: deviceId,
  name: name ?? null,
  device_type: type ?? null,
  groups: [...groups],
  first_seen: timeOrNull(firstSeen),
  last_seen: timeOrNull(lastSeen),
});

const timeOrNull = (at: Micros | undefined) => (at === undefined ? null : formatTime(at));
