import { connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Event } from "../../layers/core/envelope.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const path = "/api/v1/events";
const structured = { headers: { "content-type": "application/cloudevents+json" } };

const event = (given: object = {}) => ({
  specversion: "1.0",
  id: crypto.randomUUID(),
  source: "/ims/api/models",
  type: "model.registered",
  data: { model_id: "gpt-4", vendor: "openai" },
  ...given,
});

/** Everything that an exchange passes on while `act` runs. */
async function heard(exchange: string, count: number, act: () => Promise<unknown>): Promise<Event[]> {
  const connection = await connect(platform.amqpUrl);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue("", { exclusive: true });
  await channel.bindQueue(queue, exchange, "#");
  const events: Event[] = [];
  await channel.consume(queue, (message) => message && events.push(JSON.parse(message.content.toString())));
  await act();
  await expect.poll(() => events.length).toBe(count);
  await connection.close();
  return events;
}

it("takes a structured event and assigns what is missing [BUS-03]", async () => {
  const sent = event({ id: "e-1" });
  const [got] = await heard("models.events", 1, async () => {
    const answer = await platform.post(path, sent, {
      headers: { ...structured.headers, "x-correlation-id": "req-1" },
    });
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: [{ source: "/ims/api/models", id: "e-1" }] },
    });
  });
  expect(got).toMatchObject({ ...sent, correlation_id: "req-1", userid: "key_admin" });
  expect(Date.parse(got?.time ?? "")).toBeGreaterThan(Date.now() - 60_000);
});

it("takes a batch, whole or not at all", async () => {
  const batched = { headers: { "content-type": "application/cloudevents-batch+json" } };
  const good = [event({ id: "b-1" }), event({ id: "b-2", type: "model.updated" })];
  const got = await heard("models.events", 2, () => platform.post(path, good, batched));
  expect(got.map(({ id }) => id)).toEqual(["b-1", "b-2"]);
  const refused = await platform.post<Problem>(path, [good[0], event({ time: "noon" })], batched);
  expect(refused.status).toBe(400);
  expect(refused.body.errors?.[0]?.path).toBe("[1].time");
});

it("takes a binary event: attributes in headers, data in the body [BUS-03]", async () => {
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "ce-specversion": "1.0",
    "ce-id": "bin-1",
    "ce-source": "/models/registry",
    "ce-type": "model.registered",
    "ce-subject": "gpt-x%20%C3%BC",
    "ce-correlationid": "c-1",
  };
  const [got] = await heard("models.events", 1, () => platform.post(path, { vendor: "acme" }, { headers }));
  expect(got).toMatchObject({
    id: "bin-1",
    correlation_id: "c-1",
    subject: "gpt-x ü",
    data: { vendor: "acme" },
  });
});

it("sends each type to its exchange, and any other to domain.events [BUS-04, EVT-01]", async () => {
  const typed: [exchange: string, type: string, data: object][] = [
    ["models.events", "filter.executed", {}],
    ["metrics.events", "api.latency", { duration_ms: 3 }],
    ["errors.events", "api.error", { message: "boom" }],
    ["domain.events", "fireflies.transcript.ready", { anything: ["goes"] }],
  ];
  for (const [exchange, type, data] of typed) {
    const [got] = await heard(exchange, 1, () => platform.post(path, event({ type, data }), structured));
    expect(got?.type).toBe(type);
  }
});

it("does not call published what no queue takes [EVT-01]", async () => {
  const connection = await connect(platform.amqpUrl);
  const channel = await connection.createChannel();
  await channel.unbindQueue("analytics.events", "domain.events", "#");
  const answer = await platform.post<Problem>(path, event({ type: "nobody.asked.this" }), structured);
  await channel.bindQueue("analytics.events", "domain.events", "#");
  await connection.close();
  expect(answer.status).toBe(422);
  expect(answer.body.detail).toBe(
    'not published: no queue is bound to "domain.events" for the key "nobody.asked.this"',
  );
});

it.each([
  [{ specversion: "0.3" }, "specversion"],
  [{ id: "" }, "id"],
  [{ source: undefined }, "source"],
  [{ type: "model.#" }, "type"],
  [{ time: "2025-02-30T00:00:00Z" }, "time"],
  [{ Upper: "case" }, "Upper"],
  [{ data: { vendor: "x" } }, "data.model_id"],
  [{ data: { model_id: "m", vendor: 7 } }, "data.vendor"],
])("refuses %j by name [BUS-03, BUS-04]", async (given, field) => {
  const answer = await platform.post<Problem>(path, event(given), structured);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.[0]?.path).toBe(field);
});

it("keeps platform types for who holds internal", async () => {
  const forged = event({ type: "telemetry.data.received", data: {} });
  expect((await platform.post(path, forged, structured)).status).toBe(403);
});

it("refuses formats it does not know, and events over 256 KB", async () => {
  const avro = { headers: { "content-type": "application/cloudevents+avro" } };
  expect((await platform.post(path, "x", avro)).status).toBe(415);
  const large = event({ data: { model_id: "m", vendor: "v", text: "x".repeat(256 * 1_024) } });
  const { status, body } = await platform.post<Problem>(path, large, structured);
  expect([status, body.detail]).toEqual([400, expect.stringContaining("larger than 262144 bytes")]);
});
