import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RefusedError } from "../errors.ts";
import { readOtlpMetrics } from "./metrics.ts";
import { deviceOf } from "./resource.ts";
import { seriesName } from "./series-name.ts";

const now = Date.UTC(2026, 10, 20, 13);
const nanos = `${now - 1_000}123456`;
const time = (now - 1_000) * 1_000 + 123;

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const request = (metric: object, resource: object[] = [text("service.name", "checkout")]) => ({
  resourceMetrics: [
    { resource: { attributes: resource }, scopeMetrics: [{ scope: { name: "app" }, metrics: [metric] }] },
  ],
});

const read = (metric: object, resource?: object[]) => readOtlpMetrics(request(metric, resource), now);

/** Name and value of each point. */
const values = (metric: object) =>
  Object.fromEntries(read(metric).points.map(({ metricName, value }) => [metricName, value]));

const gauge = (point: object) => ({
  name: "temperature",
  unit: "Cel",
  gauge: { dataPoints: [{ timeUnixNano: nanos, asDouble: 21.5, ...point }] },
});

describe("a gauge", () => {
  it("is one measurement: the attributes in its name and, under their own names, its tags", () => {
    const { points, rejected } = read(gauge({ attributes: [text("sensor.id", "t1")] }));
    expect(rejected).toEqual({ count: 0, faults: [] });
    expect(points).toEqual([
      {
        deviceId: "checkout",
        metricName: 'temperature{sensor_id="t1"}',
        time,
        value: 21.5,
        unit: "Cel",
        tags: { "service.name": "checkout", "sensor.id": "t1" },
        metadata: { instrument: "gauge" },
      },
    ]);
  });

  it("takes integers as text, as protobuf's JSON writes them, and times as numbers, as some senders do", () => {
    const sent = { asDouble: undefined, asInt: "-42", timeUnixNano: Number(nanos) };
    expect(read(gauge(sent)).points).toMatchObject([{ value: -42, deviceId: "checkout" }]);
  });

  it("passes over a point that says that nothing was recorded", () => {
    expect(read(gauge({ flags: 1, asDouble: undefined }))).toEqual({
      points: [],
      rejected: { count: 0, faults: [] },
    });
  });

  it.each([
    [{ timeUnixNano: "0" }, "timeUnixNano", "expected nanoseconds since the Unix epoch"],
    [{ asDouble: "NaN" }, "value", "holds a number that is not finite"],
    [{ asDouble: undefined }, "value", "required: a number, text, boolean or JSON"],
    [{ timeUnixNano: "1544712660300000000" }, "timestamp", "older than the retention of 90 days"],
    [
      { attributes: [text("long", "x".repeat(600))] },
      "metric_name",
      "Too big: expected string to have <=512 characters",
    ],
  ])("is refused alone when it is %j", (sent, field, message) => {
    const { points, rejected } = read(gauge(sent));
    expect(points).toEqual([]);
    expect(rejected.count).toBe(1);
    const path = `resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].${field}`;
    expect(rejected.faults[0]).toEqual({ path, message });
  });
});

describe("a sum", () => {
  it.each([
    [1, true, { instrument: "sum", temporality: "delta", monotonic: true }],
    [2, true, { instrument: "sum", temporality: "cumulative", monotonic: true }],
    [2, false, { instrument: "sum", temporality: "cumulative" }],
  ])(
    "keeps its value as sent and says beside it what it is (%i, %j)",
    (aggregationTemporality, isMonotonic, metadata) => {
      const sum = { aggregationTemporality, isMonotonic, dataPoints: [{ timeUnixNano: nanos, asInt: 3 }] };
      expect(read({ name: "http.requests", sum }).points).toMatchObject([
        { metricName: "http.requests", value: 3, metadata },
      ]);
    },
  );
});

it("makes of a histogram its count, sum, extremes, and buckets that hold all below them", () => {
  const point = {
    bucketCounts: ["1", 0, 2],
    explicitBounds: [10, 100],
    count: 3,
    sum: 250.5,
    min: 5,
    max: 200,
  };
  const dataPoints = [{ timeUnixNano: nanos, attributes: [text("route", "/a")], ...point }];
  expect(
    values({ name: "latency", unit: "ms", histogram: { aggregationTemporality: 2, dataPoints } }),
  ).toEqual({
    'latency_count{route="/a"}': 3,
    'latency_sum{route="/a"}': 250.5,
    'latency_min{route="/a"}': 5,
    'latency_max{route="/a"}': 200,
    'latency_bucket{le="10",route="/a"}': 1,
    'latency_bucket{le="100",route="/a"}': 1,
    'latency_bucket{le="+Inf",route="/a"}': 3,
  });
});

it("makes of an exponential histogram its count, sum and percentiles", () => {
  const positive = { offset: 6, bucketCounts: [98, 0, 0, 2] };
  const dataPoints = [{ timeUnixNano: nanos, count: "100", sum: 9_900, scale: 0, zeroCount: 0, positive }];
  const found = values({ name: "latency", exponentialHistogram: { aggregationTemporality: 2, dataPoints } });
  expect(Object.keys(found)).toEqual([
    "latency_count",
    "latency_sum",
    'latency{quantile="0.5"}',
    'latency{quantile="0.95"}',
    'latency{quantile="0.99"}',
  ]);
  expect(found['latency{quantile="0.5"}']).toBeCloseTo(2 ** 6.5);
  expect(found['latency{quantile="0.99"}']).toBeCloseTo(2 ** 9.5);
});

it("takes a summary's quantiles as they are", () => {
  const quantileValues = [{ value: 1 }, { quantile: 0.99, value: 7 }];
  const dataPoints = [{ timeUnixNano: nanos, count: 9, sum: 20, quantileValues }];
  expect(values({ name: "gc.pause", summary: { dataPoints } })).toEqual({
    "gc.pause_count": 9,
    "gc.pause_sum": 20,
    'gc.pause{quantile="0"}': 1,
    'gc.pause{quantile="0.99"}': 7,
  });
});

it("keeps the good metrics of a request and names the others", () => {
  const metrics = [{ name: "", gauge: {} }, { name: "novel", gizmo: {} }, "text", gauge({})];
  const { points, rejected } = readOtlpMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }, now);
  expect(points).toMatchObject([{ deviceId: "unknown_service", metricName: "temperature" }]);
  expect(rejected.count).toBe(3);
  expect(rejected.faults.map(({ path }) => path)).toEqual([
    "resourceMetrics[0].scopeMetrics[0].metrics[0].name",
    "resourceMetrics[0].scopeMetrics[0].metrics[1]",
    "resourceMetrics[0].scopeMetrics[0].metrics[2]",
  ]);
});

/** Nearly a request: the right fields with anything in them. */
const anyRequest = fc.letrec((tie) => {
  const anything = fc.oneof({ depthSize: "xsmall" }, fc.jsonValue(), tie("object"));
  const fields =
    "resourceMetrics resource attributes scopeMetrics metrics name gauge sum histogram summary dataPoints";
  const more =
    "exponentialHistogram timeUnixNano asInt asDouble count bucketCounts explicitBounds positive key value";
  const names = fc.constantFrom(...`${fields} ${more}`.split(" "));
  const list = fc.array(tie("object"), { maxLength: 3 });
  return { object: fc.dictionary(names, fc.oneof(anything, list), { maxKeys: 5 }) };
}).object;

it("answers any request with points that can be stored, or with a refusal", () => {
  fc.assert(
    fc.property(fc.oneof(anyRequest, anyRequest.map(gaugeOfPoint)), (input) => {
      try {
        const { points, rejected } = readOtlpMetrics(input, now);
        expect(rejected.faults.length > 0).toBe(rejected.count > 0);
        for (const { value } of points) expect(value).not.toBeNaN();
      } catch (error) {
        expect(error).toBeInstanceOf(RefusedError);
      }
    }),
    { numRuns: 150 },
  );
});

const gaugeOfPoint = (point: unknown) => request(gauge(point as object));

it.each([
  [{ "service.instance.id": "627cc493", "host.name": "dev-1", "service.name": "checkout" }, "627cc493"],
  [{ "host.name": "dev-1", "service.name": "checkout" }, "dev-1"],
  [{ "service.name": "checkout" }, "checkout"],
  [{}, "unknown_service"],
  [{ "service.name": "unknown_service:/usr/bin/node" }, "unknown_service:-usr-bin-node"],
  [{ "host.name": " ", "service.name": "…" }, "unknown_service"],
])("finds the device of %j", (resource, device) => {
  expect(deviceOf(resource)).toBe(device);
});

it.each([
  [{ b: 1, a: "x" }, 'm{a="x",b="1"}'],
  [{ "http.route": '/a"b\\c\nd' }, 'm{http_route="/a\\"b\\\\c d"}'],
  [{ "a.b": "1", a_b: "2" }, 'm{a_b="1;2"}'],
  [{ "1st": true }, 'm{_1st="true"}'],
  [{}, "m"],
])("writes the series of %j", (attributes, name) => {
  expect(seriesName("m", attributes)).toBe(name);
});
