import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { deviceEvent, publishChange } from "../changes.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { point } from "../points.ts";

const PATIENCE = { timeout: 20_000 };

interface Listed {
  devices: { device_id: string }[];
  count: number;
}

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  await publishChange(platform, [
    deviceEvent("device.registered", "boiler-1", {
      name: "Boiler",
      device_type: "sensor",
      groups: ["plant1"],
    }),
    deviceEvent("device.registered", "gateway-1", { device_type: "gateway", groups: ["plant1", "edge"] }),
  ]);
  await platform.post("/api/v1/telemetry/devices/unregistered/telemetry", point());
  await vi.waitFor(async () => expect((await list()).count).toBe(3), PATIENCE);
});

afterAll(() => platform.stop());

async function list(query: Record<string, string> = {}): Promise<Listed> {
  return (await platform.get<Listed>(`/api/v1/devices?${new URLSearchParams(query)}`)).body;
}

it.each([
  [{ search: "BOILER" }, ["boiler-1"]],
  [{ device_type: "gateway" }, ["gateway-1"]],
  [{ group: "plant1" }, ["boiler-1", "gateway-1"]],
  [{ group: "plant1", search: "gate" }, ["gateway-1"]],
  [{ search: "nothing" }, []],
])("lists the devices that %j fits [FR-020]", async (query, expected) => {
  const { devices, count } = await list(query as Record<string, string>);
  expect(devices.map(({ device_id }) => device_id)).toEqual(expected);
  expect(count).toBe(expected.length);
});

it("shows a device, registered or not [FR-020]", async () => {
  const registered = await platform.get("/api/v1/devices/boiler-1");
  expect(registered.body).toEqual({
    ...{ device_id: "boiler-1", name: "Boiler", device_type: "sensor", groups: ["plant1"] },
    ...{ first_seen: null, last_seen: null },
  });
  const reporting = await platform.get("/api/v1/devices/unregistered");
  expect(reporting.body).toMatchObject({ name: null, device_type: null, first_seen: expect.any(String) });
  expect((await platform.get("/api/v1/devices/nobody")).status).toBe(404);
});

it("counts devices by the types they were registered with [E6-US2 AC5]", async () => {
  const { body } = await platform.get<{ devices_by_type: object }>("/api/v1/telemetry/stats");
  expect(body.devices_by_type).toEqual({ sensor: 1, gateway: 1, unknown: 1 });
});
