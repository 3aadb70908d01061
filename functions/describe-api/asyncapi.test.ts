import { createRequire } from "node:module";
import { Parser } from "@asyncapi/parser";
import { beforeAll, describe, expect, it } from "vitest";
import { acceptEvent } from "../../layers/core/envelope.ts";
import { payloads, readPayload } from "../../layers/core/payloads.ts";
import { topology } from "../../layers/topology/topology.ts";
import { manifest } from "../manifest.ts";
import { asyncApiDocument } from "./asyncapi.ts";

interface Document {
  channels: Record<string, { address: string; messages: object; "x-bindings"?: object[] }>;
  operations: Record<string, { action: string; channel: { $ref: string }; summary: string }>;
  components: { messages: Record<string, { payload: object }>; schemas: object };
}

let document: Document;

interface Ajv {
  validate(schema: object, value: unknown): boolean;
}

/** The validator of JSON Schema that AsyncAPI's parser itself uses. */
function createAjv(): Ajv {
  const parser = createRequire(import.meta.url).resolve("@asyncapi/parser");
  const { default: Ajv } = createRequire(parser)("ajv") as { default: new (options: object) => Ajv };
  return new Ajv({ strict: false, validateFormats: false });
}

beforeAll(() => {
  const given = asyncApiDocument({ manifest, topology: topology(), version: "1.2.3" });
  document = JSON.parse(JSON.stringify(given)) as Document;
});

it("is valid AsyncAPI 3.0 for AsyncAPI's own parser [BUS-04]", async () => {
  const { diagnostics, document: parsed } = await new Parser().parse(JSON.stringify(document));
  const complaints = diagnostics
    .filter(({ severity }) => severity <= 1)
    .map(({ message, path, code }) => `${path.join("/")}: ${message} (${String(code)})`);
  expect(complaints).toEqual([]);
  expect(parsed?.version()).toBe("3.0.0");
  expect(parsed?.allMessages().all().length).toBeGreaterThan(payloads.length);
});

it("has a channel for each exchange with the types that go there, and a message for each type [BUS-04]", () => {
  const types = payloads.map(({ type }) => type);
  expect(Object.keys(document.components.messages)).toEqual(expect.arrayContaining(types));
  expect(Object.keys(document.channels["models.events"]?.messages ?? {})).toEqual([
    ...payloads.filter(({ exchange }) => exchange === "models.events").map(({ type }) => type),
    "other",
  ]);
});

it("has an operation for each queue that a function consumes, with what it is bound to [BUS-02]", () => {
  const consumed = topology().queues.filter(
    ({ consumer, enabled, partition }) => consumer && enabled && (partition?.index ?? 0) === 0,
  );
  for (const { name, consumer, partition } of consumed) {
    const queue = partition?.family ?? name;
    expect(document.operations[`${consumer}.${queue}`]).toMatchObject({
      action: "receive",
      channel: { $ref: `#/channels/queue.${queue}` },
    });
  }
  expect(document.channels["queue.audit.trail"]).toMatchObject({
    address: "audit.trail",
    messages: { "model.registered": {}, "model.queried": {}, other: {} },
    "x-bindings": [{ exchange: "models.events", key: "model.#" }],
  });
  expect(Object.keys(document.channels["queue.audit.trail"]?.messages ?? {})).not.toContain(
    "filter.executed",
  );
  expect(document.channels["queue.telemetry.points"]).toMatchObject({
    address: "telemetry.points.{partition}",
  });
});

describe("the schema of a message", () => {
  const envelope = {
    specversion: "1.0",
    id: "1",
    source: "/test",
    time: "2026-01-01T00:00:00Z",
    correlation_id: "c",
  };

  /** Whether the document's schema takes it; and whether the bus itself does. */
  function verdicts(type: string, given: object): boolean[] {
    const schema = { ...document.components.messages[type]?.payload, components: document.components };
    const event = { ...envelope, type, ...given };
    return [createAjv().validate(schema, event), isTaken(event)];
  }

  function isTaken(event: object): boolean {
    try {
      readPayload(acceptEvent(event, { now: 0 }));
      return true;
    } catch {
      return false;
    }
  }

  it.each<[string, object]>([
    ["model.registered", { data: { model_id: "m", vendor: "v", capability_tier: "Tier_1", more: [1] } }],
    ["model.registered", { subject: "m", data: { vendor_id: "v", tier: null } }],
    ["model.queried", { data: { id: "m", metadata: { request_duration_ms: 3 }, cache_hit: true } }],
    ["api.latency", { data: { request_duration_ms: 0.5, status_code: 200 }, userid: "key_1" }],
    ["api.error", { data: { error: { message: "boom" } } }],
    ["filter.executed", {}],
  ])("takes %s %j, as the bus does [BUS-04]", (type, given) => {
    expect(verdicts(type, given)).toEqual([true, true]);
  });

  it.each<[string, object]>([
    ["model.registered", { data: { model_id: "m" } }],
    ["model.registered", { data: { model_id: 7, vendor: "v" } }],
    ["model.registered", { id: "", data: { model_id: "m", vendor: "v" } }],
    ["model.queried", { data: { model_id: "m", cache_hit: "yes" } }],
    ["api.latency", { data: { duration_ms: -1 } }],
    ["api.latency", { data: { metadata: { request_duration_ms: "3" } } }],
    ["api.error", {}],
    ["api.error", { specversion: "0.3", data: { message: "boom" } }],
  ])("refuses %s %j, as the bus does [BUS-04]", (type, given) => {
    expect(verdicts(type, given)).toEqual([false, false]);
  });
});
