import { describe, expect, it } from "vitest";
import { readOtlpLogs } from "./logs.ts";
import { messageOf } from "./rejection.ts";

const now = Date.UTC(2026, 10, 20, 13);
const nanos = `${now - 1_000}123456`;
const time = (now - 1_000) * 1_000 + 123;

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const resource = { attributes: [text("service.name", "checkout"), text("host.name", "dev-1")] };

const read = (...logRecords: unknown[]) =>
  readOtlpLogs({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: "app" }, logRecords }] }] }, now);

const record = {
  timeUnixNano: nanos,
  severityNumber: 17,
  severityText: "ERROR",
  body: { stringValue: "payment declined" },
};

describe("a log record", () => {
  it("becomes an entry", () => {
    const attributes = [
      text("correlation_id", "c-1"),
      { key: "http.status_code", value: { intValue: "502" } },
      { key: "tags", value: { arrayValue: { values: [{ stringValue: "a" }, { boolValue: true }] } } },
      text("exception.stacktrace", "Error: declined\n  at pay"),
    ];
    const ids = { traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "EEE19B7EC3C1B174" };
    expect(read({ ...record, attributes, ...ids }).entries).toEqual([
      {
        time,
        service: "checkout",
        level: "error",
        message: "payment declined",
        correlationId: "c-1",
        traceId: "5b8efff798038103d269b633813fc60c",
        spanId: "eee19b7ec3c1b174",
        host: "dev-1",
        stack: "Error: declined\n  at pay",
        attributes: { "http.status_code": 502, tags: ["a", true], "otel.scope.name": "app" },
      },
    ]);
  });

  it("takes the message out of a structured body", () => {
    const values = [text("msg", "structured"), { key: "n", value: { intValue: 1 } }];
    const { entries } = read({ ...record, body: { kvlistValue: { values } } });
    expect(entries).toMatchObject([{ message: "structured", attributes: { n: 1 } }]);
    const body = { kvlistValue: { values: [{ key: "n", value: { doubleValue: 0.5 } }] } };
    expect(read({ ...record, body }).entries).toMatchObject([{ message: '{"n":0.5}' }]);
  });

  it.each([
    [{ severityNumber: 0, severityText: "Warning" }, "warn"],
    [{ severityNumber: undefined, severityText: undefined }, "info"],
    [{ severityNumber: 24 }, "fatal"],
  ])("has its level by number, else by text: %j", (severity, level) => {
    expect(read({ ...record, ...severity }).entries).toMatchObject([{ level }]);
  });

  it("has the time at which it was observed, or came, where it has none of its own", () => {
    const { entries } = read(
      { ...record, timeUnixNano: "0", observedTimeUnixNano: nanos },
      { ...record, timeUnixNano: undefined },
    );
    expect(entries.map((entry) => entry.time)).toEqual([time, now * 1_000]);
  });

  it("is refused alone", () => {
    const late = `${now + 16 * 60_000}000000`;
    const { entries, rejected } = read(record, { ...record, timeUnixNano: late }, "text", {
      ...record,
      timeUnixNano: "noon",
    });
    expect(entries).toHaveLength(1);
    expect(rejected.count).toBe(3);
    expect(messageOf(rejected)).toMatch(
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[1\]\.timestamp: more than 15 minutes ahead/,
    );
  });

  it("is refused when it is nested without end, and harms nothing", () => {
    let value: object = { stringValue: "deep" };
    for (let i = 0; i < 100_000; i++) value = { arrayValue: { values: [value] } };
    const { rejected } = read({ ...record, body: value });
    expect(rejected.faults[0]?.message).toBe("nested deeper than 100 levels");
  });
});

it("refuses the records of a resource that is nested without end, and harms nothing", () => {
  let value: object = { stringValue: "deep" };
  for (let i = 0; i < 100_000; i++) value = { kvlistValue: { values: [{ key: "k", value }] } };
  const attributes = [{ key: "deep", value }, text("service.name", "checkout")];
  const resourceLogs = [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }];
  const { rejected } = readOtlpLogs({ resourceLogs }, now);
  expect(rejected.faults[0]?.message).toBe("nested deeper than 32 levels");
});

it("passes over unknown fields, and takes nothing of an empty request", () => {
  expect(readOtlpLogs({}, now).entries).toEqual([]);
  expect(readOtlpLogs({ resourceLogs: [{ novel: 1, scopeLogs: null }] }, now).entries).toEqual([]);
});

it("refuses what is no request, as a whole", () => {
  expect(() => readOtlpLogs({ resourceLogs: "x" }, now)).toThrow(/expected array/);
});
