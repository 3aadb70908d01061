import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyJson, anyText } from "../../../test/arbitraries.ts";
import { acceptEvent } from "../../core/envelope.ts";
import { makeEvent, type PublishOptions } from "./event.ts";

const SOURCE = "/test";

const text = fc.oneof(
  anyText(300),
  fc.stringMatching(/^[!-~]{1,260}$/),
  fc.constantFrom("", "x".repeat(256)),
);
const type = fc.oneof(text, fc.stringMatching(/^[a-z.]{1,20}$/), fc.constantFrom("order.placed", "order"));
const data = fc.oneof(
  anyJson,
  fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), anyJson)),
  fc.constantFrom(
    undefined,
    { at: new Date(0) },
    { f: () => 1 },
    { a: { b: { c: { d: { e: { f: 1 } } } } } },
  ),
);
const options: fc.Arbitrary<PublishOptions> = fc.record(
  { id: text, correlationId: text, subject: text, partitionKey: text, parents: fc.array(text) },
  { requiredKeys: [] },
);

/** What becomes of an event, whoever checks it. */
function outcome(check: () => unknown): unknown {
  try {
    check();
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("makeEvent", () => {
  it("accepts and refuses what the full check does, for the same reasons [BUS-03]", () => {
    fc.assert(
      fc.property(type, data, options, (type, data, options) => {
        const given = { id: "1", correlationId: "c", ...options };
        const { id, correlationId, subject, partitionKey, parents } = given;
        const event = { specversion: "1.0", id, source: SOURCE, type, correlation_id: correlationId, data };
        const attributes = {
          datacontenttype: "application/json",
          ...(subject === undefined ? {} : { subject }),
          ...(parents?.length ? { parentids: parents.join(",") } : {}),
          ...(partitionKey === undefined ? {} : { partitionkey: partitionKey }),
        };
        const full = outcome(() => acceptEvent({ ...event, ...attributes }, { now: 0 }));
        // Payloads of known types are checked in both ways alike, after the envelope.
        expect(outcome(() => makeEvent(SOURCE, type, data, given))).toBe(full);
      }),
      { numRuns: 2_000 },
    );
  });

  it("checks the payload of a known type", () => {
    expect(() => makeEvent(SOURCE, "model.registered", { vendor: "openai" })).toThrow(
      "data.model_id: required",
    );
  });

  it("gives each event its own id and correlation id, and the time", () => {
    const [a, b] = [makeEvent(SOURCE, "order.placed", {}), makeEvent(SOURCE, "order.placed", {})];
    expect(new Set([a.id, b.id, a.correlation_id, b.correlation_id]).size).toBe(4);
    expect(Math.abs(Date.parse(a.time) - Date.now())).toBeLessThan(1_000);
  });
});
