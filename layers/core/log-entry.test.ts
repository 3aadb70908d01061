import { describe, expect, it } from "vitest";
import { checkEntry, LOG_LIMITS } from "./log-entry.ts";

const now = Date.UTC(2026, 10, 20, 13);
const context = { path: "", now, defaults: { time: now * 1_000 } };
const check = (input: unknown) => checkEntry(input, context);

const plain = {
  timestamp: "2026-11-20T10:00:00Z",
  service: "corerl",
  level: "INFO",
  message: "Agent started successfully.",
  correlation_id: "abc-123",
};
const time = Date.UTC(2026, 10, 20, 10) * 1_000;

describe("checkEntry", () => {
  it("takes the plain entry of the edge's specification [EDGE-01]", () => {
    expect(check(plain).entry).toEqual({
      time,
      service: "corerl",
      level: "info",
      message: "Agent started successfully.",
      correlationId: "abc-123",
      attributes: {},
    });
  });

  it("takes pino's, bunyan's and Powertools' lines", () => {
    const pino = {
      level: 50,
      time: now,
      pid: 7,
      hostname: "h",
      name: "shop",
      msg: "boom",
      err: { stack: "at x", type: "E" },
    };
    expect(check(pino).entry).toEqual({
      time: now * 1_000,
      service: "shop",
      level: "error",
      message: "boom",
      host: "h",
      stack: "at x",
      attributes: { pid: 7, err: { type: "E" } },
    });
    const powertools = {
      ...plain,
      sampling_rate: 0,
      xray_trace_id: "1-6",
      error: { name: "E", message: "m", stack: "s" },
    };
    expect(check(powertools).entry).toMatchObject({
      stack: "s",
      attributes: { sampling_rate: 0, xray_trace_id: "1-6", error: { name: "E", message: "m" } },
    });
    const elastic = {
      "@timestamp": plain.timestamp,
      "log.level": "warn",
      message: "m",
      service: { name: "s" },
      host: { name: "h" },
    };
    expect(check(elastic).entry).toMatchObject({
      time,
      service: "s",
      level: "warn",
      host: "h",
      attributes: {},
    });
  });

  it.each([
    [1_795_168_800, 1_795_168_800_000_000],
    [1_795_168_800_123, 1_795_168_800_123_000],
    [1_795_168_800_123_456, 1_795_168_800_123_456],
    ["1795168800123456789", 1_795_168_800_123_456],
    [1_795_168_800.5, 1_795_168_800_500_000],
  ])("reads the Unix time %j, whatever its unit", (timestamp, micros) => {
    expect(Math.abs((check({ ...plain, timestamp }).entry?.time ?? 0) - micros)).toBeLessThanOrEqual(1);
  });

  it("takes the time of its arrival where it has none, and info where it has no level", () => {
    expect(check({ service: "s", message: "m", timestamp: null }).entry).toMatchObject({
      time: now * 1_000,
      level: "info",
    });
  });

  it("keeps what it does not know: attributes, a level of the sender's own, a message that is an object", () => {
    expect(
      check({ ...plain, level: "AUDIT", message: { a: 1 }, user: 7, attributes: { b: 2 } }).entry,
    ).toMatchObject({
      level: "info",
      message: '{"a":1}',
      attributes: { level: "AUDIT", user: 7, b: 2 },
    });
  });

  it.each([
    [{ timestamp: "yesterday" }, "timestamp", "expected an RFC 3339 time with an offset, or a Unix time"],
    [{ timestamp: "2026-11-20T13:16:00Z" }, "timestamp", "more than 15 minutes ahead of the server's clock"],
    [{ timestamp: [] }, "timestamp", "expected text"],
    [{ service: undefined }, "service", "required"],
    [{ service: "" }, "service", "required"],
    [{ service: "x".repeat(257) }, "service", "longer than 256 characters"],
    [{ message: undefined }, "message", "required"],
    [{ level: {} }, "level", "expected text"],
    [{ correlation_id: "x".repeat(257) }, "correlation_id", "longer than 256 characters"],
    [{ blob: "x".repeat(LOG_LIMITS.entryBytes) }, "", "larger than 131072 bytes"],
    [{ text: "a\u0000b" }, "", "holds a NUL character or half of a surrogate pair"],
  ])("refuses %j by name [EDGE-08]", (given, path, message) => {
    expect(check({ ...plain, ...given })).toEqual({ faults: [{ path, message }] });
  });

  it("says where in a list an entry stands", () => {
    const { faults } = checkEntry({ ...plain, time: 1, timestamp: "x" }, { ...context, path: "[3]" });
    expect(faults?.[0]?.path).toBe("[3].timestamp");
    expect(checkEntry("text", { ...context, path: "[4]" }).faults?.[0]).toEqual({
      path: "[4]",
      message: "expected a log entry, a JSON object",
    });
  });
});
