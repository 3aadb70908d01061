import { expect, it } from "vitest";
import { encodeLog, encodeMetric, lanes } from "./lanes.ts";

const text = (records: Buffer) => records.toString("utf8");
const time = Date.UTC(2026, 10, 28) * 1_000;

// These records wait on disks for weeks: what is written here is what later versions must read.
const log =
  '{"timestamp":"2026-11-28T00:00:00Z","service":"s","level":"info","message":"m","log.record.uid":"run-0","attributes":{"a":1}}';
const metric =
  'device_1\n{"timestamp":"2026-11-28T00:00:00Z","metric_name":"m","value":{"a":[1]},"unit":"1"}';

it("writes log entries as the platform takes them, with an id unless the sender gave one", () => {
  const entry = { time, service: "s", level: "info", message: "m", attributes: { a: 1 } } as const;
  expect(text(encodeLog(entry, () => "run-0"))).toBe(log);
  expect(text(encodeLog({ ...entry, uid: "theirs" }, () => "run-0"))).toContain('"log.record.uid":"theirs"');
  expect(text(lanes.logs.bodyOf([Buffer.from(log), Buffer.from(log)]))).toBe(`[${log},${log}]`);
});

it("writes one time in one way, so that equal keys are equal texts", () => {
  const written = (timestamp: string) =>
    text(encodeMetric({ device_id: "device_1", timestamp, metric_name: "m", value: { a: [1] }, unit: "1" }));
  expect(written("2026-11-28T01:00:00.000+01:00")).toBe(metric);
  expect(written("2026-11-28T00:00:00Z")).toBe(metric);
});

it("sends points under their devices, and finds in the answer which of them were refused", () => {
  const of = (device: string, value: number) =>
    encodeMetric({ device_id: device, timestamp: "2026-11-28T00:00:00Z", metric_name: "m", value });
  const records = [of("b", 0), of("a", 1), of("b", 2), of("c", 3), of("c", 4)];
  const body = JSON.parse(text(lanes.metrics.bodyOf(records))) as Record<string, { value: number }[]>;
  const values = Object.entries(body).map(([device, points]) => [device, points.map(({ value }) => value)]);
  expect(values).toEqual([
    ["b", [0, 2]],
    ["a", [1]],
    ["c", [3, 4]],
  ]);
  const answer = {
    total_count: 5,
    results: {
      a: { errors: [] },
      b: { errors: [{ index: 1, path: "b[1].value", message: "too large" }] },
      c: { errors: [{ path: "c", message: "was deleted" }] },
    },
  };
  expect(lanes.metrics.failuresIn(answer, records)).toEqual([
    { index: 2, reason: "b[1].value: too large" },
    { index: 3, reason: "c: was deleted" },
    { index: 4, reason: "c: was deleted" },
  ]);
  expect(lanes.metrics.plain(of("a", 1))).toMatchObject({ device_id: "a", value: 1 });
  expect(lanes.metrics.keysOf?.([of("a", 1), of("a", 2)])).toEqual(new Set(["a 2026-11-28T00:00:00Z m"]));
});

it.each([
  ["logs", "<html>"],
  ["logs", { total_count: 2, errors: [] }],
  ["metrics", {}],
  ["metrics", { total_count: 1 }],
  ["events", { success: true }],
  ["events", { accepted: [] }],
] as const)("takes for no answer of the platform's to %s: %j", (lane, answer) => {
  expect(lanes[lane].failuresIn(answer, [Buffer.from(log)])).toBeUndefined();
});
