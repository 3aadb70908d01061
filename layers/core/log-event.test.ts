import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storableJson, storableText } from "../../test/arbitraries.ts";
import { decodeEvent, type Event } from "./envelope.ts";
import { PermanentError, RefusedError } from "./errors.ts";
import { checkEntry, type SentEntry } from "./log-entry.ts";
import { decodeLogs, encodeLogs, type LogAcceptance, MAX_LOG_BYTES } from "./log-event.ts";

const acceptedMs = Date.UTC(2026, 10, 20, 13);

const now = acceptedMs * 1_000;

const acceptance = (changes: Partial<LogAcceptance> = {}): LogAcceptance => ({
  acceptedMs,
  source: "/logs/ingest",
  correlationId: "req-1",
  messageId: (part) => `m-${part}`,
  idempotent: false,
  ...changes,
});

const decode = (body: Buffer) => decodeLogs(decodeEvent(body), now);

/** What checkEntry lets through, in the spellings that it knows and with anything else beside them. */
const anyEntry: fc.Arbitrary<SentEntry> = fc
  .record(
    {
      timestamp: fc.constantFrom("2026-11-20T12:00:00.123456Z", acceptedMs, undefined),
      level: fc.constantFrom("INFO", 50, "AUDIT", null),
      service: storableText(20).filter((text) => text !== ""),
      msg: fc.oneof(storableText(200), fc.constant("\u0001".repeat(20_000))),
      correlation_id: fc.constantFrom("c-1", undefined),
      error: fc.record({ stack: storableText(50), code: fc.nat() }),
      attributes: fc.oneof(storableJson, fc.dictionary(storableText(20), storableJson)),
      anything: storableJson,
      "log.record.uid": fc.constantFrom("u-1", undefined),
    },
    { requiredKeys: ["service", "msg"] },
  )
  .map((input) =>
    checkEntry(JSON.parse(JSON.stringify(input)), {
      path: "",
      now: acceptedMs,
      defaults: { time: acceptedMs * 1_000 },
    }),
  )
  .filter(({ entry }) => entry !== undefined)
  .map(({ entry }) => entry as SentEntry);

describe("encoding", () => {
  it("is undone by decoding, for any entries, in messages of at most 256 KB", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 40 }), (entries) => {
        const encoded = encodeLogs(entries, acceptance());
        for (const { body } of encoded) expect(body.length).toBeLessThanOrEqual(MAX_LOG_BYTES);
        const decoded = encoded.flatMap(({ body }) => decode(body).entries);
        expect(decoded.map(({ id: _, acceptedAt: __, ...entry }) => entry)).toEqual(
          JSON.parse(JSON.stringify(entries.map(({ uid: _, ...entry }) => entry))),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("gives each entry an id that a redelivery gives again, and no other entry", () => {
    const entries = Array.from(
      { length: 3 },
      () => ({ time: 1, service: "s", level: "info", message: "m", attributes: {} }) as const,
    );
    const ids = () =>
      encodeLogs(entries, acceptance()).flatMap(({ body }) => decode(body).entries.map(({ id }) => id));
    expect(new Set(ids()).size).toBe(3);
    expect(ids()).toEqual(ids());
  });

  it("keeps what says that two entries are one, whatever carries them", () => {
    const entry = { time: 1, service: "s", level: "info", message: "m", attributes: {}, uid: "u-1" } as const;
    const [a] = encodeLogs([entry], acceptance());
    const [b] = encodeLogs([entry], acceptance({ messageId: () => "other" }));
    const idIn = (encoded = a) => encoded && decode(encoded.body).entries[0]?.id;
    expect(idIn(a)).toBe(idIn(b));
  });

  it("refuses a request whose envelope would be none", () => {
    const entry = { time: 1, service: "s", level: "info", message: "m", attributes: {} } as const;
    expect(() => encodeLogs([entry], acceptance({ correlationId: "x".repeat(300) }))).toThrow(RefusedError);
    expect(encodeLogs([], acceptance())).toEqual([]);
  });
});

const event = (type: string, data: unknown, given: Partial<Event> = {}): Event => ({
  specversion: "1.0",
  id: "e-1",
  source: "/shop",
  type,
  time: "2026-11-20T12:00:00Z",
  correlation_id: "c-1",
  data,
  ...given,
});

const entryOf = (of: Event) => decodeLogs(of, now).entries[0];

describe("an event that an application publishes", () => {
  it.each([
    ["log.error", { message: "boom", n: 1 }, { level: "error", message: "boom", attributes: { n: 1 } }],
    ["log.line", { msg: "m", level: "warning", service: "cart" }, { level: "warn", service: "cart" }],
    [
      "log.line",
      "just text",
      { level: "info", message: "just text", service: "/shop", correlationId: "c-1" },
    ],
    ["log.received", { message: "one alone" }, { message: "one alone" }],
    ["log.heartbeat", undefined, { message: "log.heartbeat" }],
  ])("as %s with %j is an entry", (type, data, entry) => {
    expect(entryOf(event(type, data))).toMatchObject(entry);
  });

  it("may hold a list, in the form in which entries are posted", () => {
    const { entries } = decodeLogs(
      event("log.received", { entries: [{ msg: "a" }, { message: "b", level: 60 }] }),
      now,
    );
    expect(entries).toMatchObject([
      { message: "a", service: "/shop", level: "info" },
      { message: "b", level: "fatal" },
    ]);
  });

  it.each([
    [{ entries: [{ level: "info" }] }, "data.entries[0].message: required"],
    [{ entries: [] }, "data.entries: "],
    [{ message: "m", timestamp: "noon" }, "data.timestamp: expected an RFC 3339 time"],
  ])("is undecodable with %j", (data, words) => {
    expect(() => decodeLogs(event("log.received", data), now)).toThrow(PermanentError);
    expect(() => decodeLogs(event("log.received", data), now)).toThrow(words);
  });
});

describe("news of an error", () => {
  it.each([
    [
      "api.error",
      { message: "refused", stack_trace: "at x", status: 502 },
      { level: "error", message: "refused", stack: "at x" },
    ],
    [
      "api.error",
      { error: { message: "nested", stack: "at y", type: "E" } },
      { message: "nested", stack: "at y" },
    ],
    ["alert.triggered", { severity: "critical", title: "too hot" }, { level: "fatal", message: "too hot" }],
    ["alert.triggered", { severity: "warning" }, { level: "warn", message: "alert.triggered" }],
    ["alert.resolved", { severity: "critical" }, { level: "info" }],
    ["edge.disk.full", null, { level: "error", message: "edge.disk.full" }],
  ])("as %s with %j is an entry of its source", (type, data, entry) => {
    expect(entryOf(event(type, data))).toMatchObject({ service: "/shop", correlationId: "c-1", ...entry });
  });

  it("keeps the event's id and type, so that its entry leads to it", () => {
    const { attributes } = entryOf(event("api.error", { message: "m", status: 502 })) ?? {};
    expect(attributes).toEqual({ message: "m", status: 502, event_id: "e-1", event_type: "api.error" });
  });
});
