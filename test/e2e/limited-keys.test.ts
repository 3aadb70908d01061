import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { minutesAgo, point } from "../points.ts";
import { telemetry } from "../telemetry.ts";

let platform: Platform;
let key: string;

beforeAll(async () => {
  platform = await startPlatform();
  key = await createKey({
    scopes: ["ingest", "read"],
    devices: ["plant1-*"],
    types: ["model.*", "order.placed"],
  });
});

afterAll(async () => {
  await platform.stop();
});

interface Key {
  key_id: string;
  api_key: string;
  devices: string[] | null;
  types: string[] | null;
}

async function createKey(given: object): Promise<string> {
  const { body } = await platform.post<Key>("/api/v1/keys", { name: "limited", ...given });
  return body.api_key;
}

const device = (id: string) => `/api/v1/telemetry/devices/${id}`;

it("shows what a key is limited to when it is made and in the list [NFR-008]", async () => {
  const given = { name: "shown", scopes: ["ingest"], devices: ["plant1-*", "gateway"], types: ["model.*"] };
  const { status, body } = await platform.post<Key>("/api/v1/keys", given);
  expect([status, body.devices, body.types]).toEqual([201, given.devices, given.types]);
  const list = await platform.get<{ keys: Key[] }>("/api/v1/keys");
  expect(list.body.keys.find(({ key_id }) => key_id === body.key_id)).toMatchObject({
    devices: given.devices,
    types: given.types,
  });
});

it.each([{ devices: ["plant 1"] }, { devices: "plant1" }, { devices: [""] }, { types: ["a b"] }])(
  "refuses a key that is limited to %j [NFR-009]",
  async (limits) => {
    const answer = await platform.post("/api/v1/keys", { name: "odd", scopes: ["ingest"], ...limits });
    expect(answer.status).toBe(400);
  },
);

it("takes points of the key's devices, and refuses a path of another one [NFR-008]", async () => {
  expect((await platform.post(`${device("plant1-7")}/telemetry`, point(), { key })).status).toBe(200);
  for (const [path, body] of [
    ["telemetry", point()],
    ["telemetry/batch", { data_points: [point()] }],
  ] as const) {
    const answer = await platform.post<Problem>(`${device("plant2-7")}/${path}`, body, { key });
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining("plant2-7")]);
  }
});

it("takes of a bulk what is of the key's devices, and says of each other that it is not [NFR-008]", async () => {
  const bulk = { "plant1-8": [point(), point({ metric_name: "b" })], "plant2-8": [point()] };
  const { status, body } = await platform.post<{
    ingested_count: number;
    failed_count: number;
    results: Record<string, { errors: { message: string }[] }>;
  }>("/api/v1/telemetry/bulk", bulk, { key });
  expect([status, body.ingested_count, body.failed_count]).toEqual([200, 2, 1]);
  expect(body.results["plant2-8"]?.errors[0]?.message).toContain("not for this device");
  const none = await platform.post("/api/v1/telemetry/bulk", { "plant2-8": [point()] }, { key });
  expect(none.status).toBe(403);
});

it("rejects the points of other devices in an export by OpenTelemetry [NFR-008]", async () => {
  const resource = (id: string) => ({
    resource: { attributes: [{ key: "service.instance.id", value: { stringValue: id } }] },
    scopeMetrics: [
      {
        metrics: [
          { name: "m", gauge: { dataPoints: [{ timeUnixNano: String(Date.now() * 1e6), asInt: "1" }] } },
        ],
      },
    ],
  });
  const body = { resourceMetrics: [resource("plant1-9"), resource("plant2-9")] };
  const answer = await platform.post<{
    partialSuccess: { rejectedDataPoints: string; errorMessage: string };
  }>("/v1/metrics", body, { key });
  expect(answer.status).toBe(200);
  expect(answer.body.partialSuccess.rejectedDataPoints).toBe("1");
  expect(answer.body.partialSuccess.errorMessage).toContain("plant2-9");
});

it("reads what is of the key's devices and nothing else [NFR-008]", async () => {
  const names = () => platform.get<string[]>(`${device("plant1-7")}/metrics`, { key });
  await expect.poll(async () => (await names()).body, { timeout: 15_000 }).toEqual(["temperature"]);
  const latest = (id: string) => platform.get(`${device(id)}/metrics/temperature/latest`, { key });
  expect([(await latest("plant1-7")).status, (await latest("plant2-7")).status]).toEqual([200, 403]);
  expect((await latest("plant1-%37")).status).toBe(200);
  expect((await latest("plant2%2D7")).status).toBe(403);
  const range = new URLSearchParams({ start_time: minutesAgo(5), end_time: minutesAgo(0) });
  const csv = `/api/v1/telemetry/export/csv?device_ids=plant1-7&metric_names=temperature&${range}`;
  expect((await platform.get(csv, { key })).status).toBe(403);
});

it("takes events of the key's types, and refuses a batch that holds another [NFR-008]", async () => {
  const event = (type: string) => ({
    specversion: "1.0",
    id: type,
    source: "/me",
    type,
    data: { model_id: "m" },
  });
  const send = async (body: unknown, headers = {}) =>
    platform.post<Problem>("/api/v1/events", body, { key, headers });
  expect((await send(event("order.placed"))).status).toBe(202);
  expect((await send(event("order.placed.twice"))).status).toBe(403);
  const mixed = await send([event("order.placed"), event("order.cancelled")]);
  expect([mixed.status, mixed.body.errors?.[0]?.path]).toEqual([403, "[1].type"]);
  expect(
    (await platform.post("/api/v1/logs", { service: "s", level: "INFO", message: "m" }, { key })).status,
  ).toBe(403);
});

it("makes and lists such keys from the command line", async () => {
  const env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
  const made = await telemetry(
    ["keys", "create", "--name", "cli", "--scope", "ingest", "--device", "plant1-*", "--type", "model.*"],
    { env },
  );
  expect([made.code, made.err]).toEqual([0, expect.stringContaining("devices plant1-*; types model.*")]);
  const list = await telemetry(["keys", "list"], { env });
  expect(list.out).toContain("cli; devices plant1-*; types model.*");
});
