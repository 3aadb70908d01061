import { describe, expect, it } from "vitest";
import type { Event } from "./envelope.ts";
import { RefusedError } from "./errors.ts";
import { exchangeOf, isPlatformType, payloads, readPayload } from "./payloads.ts";

const event = (type: string, data: unknown, attributes: Record<string, unknown> = {}): Event => ({
  specversion: "1.0",
  id: "1",
  source: "/ims/api",
  type,
  time: "2025-12-26T12:00:00Z",
  correlation_id: "req-1",
  data,
  ...attributes,
});

const refusalOf = (input: Event): RefusedError => {
  try {
    readPayload(input);
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
  throw new Error("expected a refusal, but the payload was read");
};

/** For each known type a payload with nothing but what it requires. */
const smallest: Record<string, Record<string, unknown>> = {
  "model.registered": { model_id: "gpt-4", vendor: "openai" },
  "model.updated": { model_id: "gpt-4" },
  "model.deactivated": { model_id: "gpt-4" },
  "model.queried": { model_id: "gpt-4" },
  "filter.executed": {},
  "api.latency": { duration_ms: 45 },
  "api.error": { message: "connection refused" },
};

const types = Object.keys(smallest);

/** The event schema of the bus epic: its `data`, `metadata` and `error` all inside `data`. */
const epic = {
  model_id: "gpt-4-turbo",
  vendor_id: "OpenAI",
  capability_tier: "Tier_1",
  context_window: 128_000,
  function_call_support: true,
  metadata: { request_duration_ms: 45, response_code: 201, user_agent: "curl/7.68.0" },
  error: { type: null, message: null, stack_trace: null },
};

describe("the table of payloads", () => {
  it("has the six types of the bus epic, and api.latency beside them [BUS-04]", () => {
    expect(payloads.map(({ type }) => type)).toEqual(expect.arrayContaining([...types]));
  });

  it.each(types)("reads a %s with nothing but what it requires [BUS-04]", (type) => {
    expect(readPayload(event(type, smallest[type]))).toEqual(smallest[type]);
  });

  it.each([
    ["model.registered", {}, ["data.model_id", "data.vendor"]],
    ["model.registered", { model_id: "m" }, ["data.vendor"]],
    ["model.updated", {}, ["data.model_id"]],
    ["model.deactivated", undefined, ["data.model_id"]],
    ["model.queried", "text", ["data.model_id"]],
    ["api.latency", { endpoint: "/models" }, ["data.duration_ms"]],
    ["api.error", { error: { message: null } }, ["data.message"]],
  ])("names what a %s of %j lacks [BUS-04]", (type, data, paths) => {
    const { status, faults, message } = refusalOf(event(type, data));
    expect(status).toBe(400);
    expect(faults).toEqual(paths.map((path) => ({ path, message: "required" })));
    expect(message).toBe(`not a valid ${type}: ${paths.map((path) => `${path}: required`).join("; ")}`);
  });

  it.each([
    ["model.registered", { model_id: 4, vendor: "v" }, "data.model_id"],
    ["model.registered", { model_id: "", vendor: "v" }, "data.model_id"],
    ["model.registered", { model_id: "m", vendor_id: {} }, "data.vendor_id"],
    ["model.updated", { model_id: "m", capability_tier: 1 }, "data.capability_tier"],
    ["model.deactivated", { model: ["m"] }, "data.model"],
    ["model.queried", { model_id: "m", status: 99 }, "data.status"],
    ["model.queried", { model_id: "m", metadata: { response_code: "200" } }, "data.metadata.response_code"],
    ["model.queried", { model_id: "m", cache_hit: "yes" }, "data.cache_hit"],
    ["filter.executed", { metadata: { request_duration_ms: -1 } }, "data.metadata.request_duration_ms"],
    ["filter.executed", { endpoint: "" }, "data.endpoint"],
    ["api.latency", { duration_ms: "45" }, "data.duration_ms"],
    ["api.latency", { duration_ms: Number.POSITIVE_INFINITY }, "data.duration_ms"],
    ["api.latency", { duration_ms: 1, status: 200.5 }, "data.status"],
    ["api.latency", { duration_ms: 1, method: 1 }, "data.method"],
    ["api.error", { message: "m", error: { stack_trace: 7 } }, "data.error.stack_trace"],
    ["api.error", { error: { message: 7 } }, "data.error.message"],
  ])("names where a %s of %j is wrong, as the sender wrote it [BUS-04]", (type, data, path) => {
    expect(refusalOf(event(type, data)).faults.map((fault) => fault.path)).toEqual([path]);
  });

  it("names every fault at once", () => {
    const faulty = event("model.queried", { model_id: 1, vendor: 2, status: 3 });
    expect(refusalOf(faulty).faults.map(({ path }) => path)).toEqual([
      "data.model_id",
      "data.vendor",
      "data.status",
    ]);
  });
});

describe("names that mean the same", () => {
  it("reads the epic's own example [BUS-04]", () => {
    expect(readPayload(event("model.queried", epic))).toEqual({
      model_id: "gpt-4-turbo",
      vendor: "OpenAI",
      tier: "Tier_1",
      status: 201,
      duration_ms: 45,
    });
  });

  it.each([
    ["model.updated", "model_id", { model: "m" }, "m"],
    ["model.updated", "model_id", { id: "m" }, "m"],
    ["model.registered", "vendor", { model_id: "m", vendor_id: "v" }, "v"],
    ["model.updated", "tier", { model_id: "m", capability_tier: "t" }, "t"],
    ["model.queried", "endpoint", { model_id: "m", path: "/models" }, "/models"],
    ["filter.executed", "endpoint", { metadata: { endpoint: "/models" } }, "/models"],
    ["filter.executed", "status", { status_code: 200 }, 200],
    ["filter.executed", "status", { response_code: 200 }, 200],
    ["filter.executed", "status", { metadata: { response_code: 200 } }, 200],
    ["api.latency", "duration_ms", { request_duration_ms: 1.5 }, 1.5],
    ["api.latency", "duration_ms", { metadata: { request_duration_ms: 0 } }, 0],
    ["model.queried", "cache_hit", { model_id: "m", metadata: { cache_hit: false } }, false],
    ["api.error", "message", { error: { message: "boom" } }, "boom"],
    ["api.error", "error_type", { message: "m", error: { type: "TypeError" } }, "TypeError"],
    ["api.error", "stack_trace", { message: "m", error: { stack_trace: "at a" } }, "at a"],
    ["api.error", "stack_trace", { message: "m", error: { stack: "at b" } }, "at b"],
  ])("reads a %s's %s from %j", (type, name, data, value) => {
    expect(readPayload(event(type, data))[name]).toBe(value);
  });

  it("reads the model from the event's subject", () => {
    expect(readPayload(event("model.updated", { vendor: "v" }, { subject: "gpt-4" }))).toEqual({
      model_id: "gpt-4",
      vendor: "v",
    });
    expect(readPayload(event("model.updated", undefined, { subject: "gpt-4" }))).toEqual({
      model_id: "gpt-4",
    });
  });

  it("takes the canonical name before the others, and passes over nulls", () => {
    const both = { model_id: "canonical", model: "other", vendor: null, vendor_id: "v" };
    expect(readPayload(event("model.registered", both, { subject: "third" }))).toEqual({
      model_id: "canonical",
      vendor: "v",
    });
  });
});

describe("what the table does not list", () => {
  it("passes unread", () => {
    const data = { model_id: "m", context_window: 128_000, nested: { any: [1] } };
    expect(readPayload(event("model.updated", data))).toEqual({ model_id: "m" });
  });

  it("is free-form in a type of its own", () => {
    for (const data of [undefined, null, 7, [], { anything: true }]) {
      expect(readPayload(event("order.line.created", data))).toEqual({});
    }
  });

  it("is not found on the prototype", () => {
    expect(refusalOf(event("model.updated", Object.create({ model_id: "inherited" }))).faults).toHaveLength(
      1,
    );
  });
});

describe("routing by type", () => {
  it.each([
    ["model.registered", "models.events"],
    ["model.archived", "models.events"],
    ["filter.executed", "models.events"],
    ["filter.saved", "models.events"],
    ["api.latency", "metrics.events"],
    ["telemetry.data.received", "metrics.events"],
    ["metric.defined", "metrics.events"],
    ["api.error", "errors.events"],
    ["alert.triggered", "errors.events"],
    ["edge.disk.full", "errors.events"],
    ["log.entry", "logs.events"],
    ["device.deleted", "domain.events"],
    ["order.line.created", "domain.events"],
    ["models", "domain.events"],
    ["api.call", "domain.events"],
    ["health.check", "domain.events"],
  ])("sends %s to %s", (type, exchange) => {
    expect(exchangeOf(type)).toBe(exchange);
  });

  it("agrees with the table of payloads", () => {
    for (const { type, exchange } of payloads) expect(exchangeOf(type)).toBe(exchange);
  });

  it.each(["telemetry.data.received", "alert.resolved", "metric.defined", "device.deleted", "user.deleted"])(
    "keeps %s for the platform",
    (type) => {
      expect(isPlatformType(type)).toBe(true);
    },
  );

  it.each([...types, "order.created", "devices.listed", "log.entry", "userland"])(
    "lets applications publish %s",
    (type) => {
      expect(isPlatformType(type)).toBe(false);
    },
  );
});
