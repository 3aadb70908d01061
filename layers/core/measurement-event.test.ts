import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText, storableJson, storableText } from "../../test/arbitraries.ts";
import { decodeEvent } from "./envelope.ts";
import { PermanentError, RefusedError } from "./errors.ts";
import { checkPoint, type Point, type Value, versionOf } from "./measurement.ts";
import {
  type Acceptance,
  type AcceptedPoint,
  decodeMeasurements,
  encodeMeasurements,
  MAX_MEASUREMENT_BYTES,
} from "./measurement-event.ts";
import { partitionOf } from "./partition.ts";
import { formatTime, microsOf } from "./time.ts";

const acceptedMs = Date.UTC(2025, 11, 18, 10);

const acceptance = (changes: Partial<Acceptance> = {}): Acceptance => ({
  acceptedMs,
  source: "/telemetry/ingest",
  correlationId: "req-1",
  messageId: (partition, part) => `m-${partition}-${part}`,
  idempotent: false,
  ...changes,
});

const point = (changes: Partial<Point> = {}): Point => ({
  deviceId: "device_001",
  metricName: "temperature",
  time: microsOf(acceptedMs) + 1,
  value: 25.5,
  ...changes,
});

const inOrder = (points: readonly Point[]): AcceptedPoint[] =>
  points.map((each, i) => ({ point: each, index: i % 1_024 }));

const encode = (points: readonly Point[], changes: Partial<Acceptance> = {}) =>
  encodeMeasurements(inOrder(points), acceptance(changes));

const decode = (body: Buffer) => decodeMeasurements(decodeEvent(body));

/** What checkPoint lets through, as large and as strange as it may be. */
const anyPoint: fc.Arbitrary<Point> = fc
  .record(
    {
      timestamp: fc
        .integer({ min: -90 * 86_400_000_000, max: 15 * 60_000_000 })
        .map((micros) => formatTime(microsOf(acceptedMs) + micros)),
      metric_name: fc.oneof(fc.constant("temperature"), fc.constant('cpu{core="0",mode="\\"é\\""}')),
      value: fc.oneof(
        fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
        fc.boolean(),
        storableText(200),
        storableJson.filter((value) => value !== null),
        fc.constantFrom("x".repeat(16_000), "\u0001".repeat(2_700), new Array(2_000).fill("é")),
      ),
      unit: fc.string({ maxLength: 64 }),
      tags: fc.oneof(
        fc.dictionary(storableText(20), storableText(20)),
        fc.constant(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [i, '"'.repeat(512)]))),
      ),
      metadata: fc.oneof(
        fc.dictionary(storableText(20), storableJson),
        fc.constant({ blob: "\u0002".repeat(2_700) }),
      ),
    },
    { requiredKeys: ["timestamp", "metric_name", "value"] },
  )
  .chain((input) => fc.record({ input: fc.constant(input), device: fc.nat({ max: 40 }) }))
  .map(({ input, device }) =>
    checkPoint(JSON.parse(JSON.stringify(input)), {
      deviceId: `device_${device}`,
      now: acceptedMs,
      path: "",
    }),
  )
  .filter((checked) => checked.point !== undefined)
  .map(({ point: checked }) => checked as Point);

describe("encoding", () => {
  it("is undone by decoding, for any points, in messages of at most 256 KB", () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { minLength: 1, maxLength: 60 }), (points) => {
        const encoded = encode(points);
        for (const { body } of encoded) expect(body.length).toBeLessThanOrEqual(MAX_MEASUREMENT_BYTES);
        const decoded = encoded.flatMap(({ body }) => decode(body).points);
        const byVersion = decoded.sort((a, b) => a.version - b.version);
        expect(byVersion.map(({ version: _, tie: __, ...rest }) => rest)).toEqual(points);
        expect(byVersion.map(({ version }) => version)).toEqual(
          points.map((_, i) => versionOf(acceptedMs, i)),
        );
      }),
    );
  });

  it("fits every point that is accepted into a message, whatever its texts take as JSON", () => {
    const long = fc.constantFrom(2_700, 4_000, 8_000, 16_000);
    const sizes = fc.record({
      value: long,
      note: long,
      tag: fc.constantFrom(30, 80, 512),
      tags: fc.constantFrom(5, 30, 64),
    });
    fc.assert(
      fc.property(
        fc.constantFrom("x", '"', "\u0001", "é", "😀"),
        sizes,
        (unit, { value, note, tag, tags }) => {
          const input = {
            timestamp: formatTime(microsOf(acceptedMs)),
            metric_name: `m{l="${"é".repeat(500)}"}`,
            value: unit.repeat(value),
            tags: Object.fromEntries(
              Array.from({ length: tags }, (_, i) => [i, unit.repeat(tag).slice(0, 512)]),
            ),
            metadata: { note: unit.repeat(note) },
          };
          const checked = checkPoint(input, { deviceId: "d".repeat(128), now: acceptedMs, path: "" });
          const bytes = checked.point ? encode([checked.point])[0]?.body.length : 0;
          expect(bytes).toBeLessThanOrEqual(MAX_MEASUREMENT_BYTES);
        },
      ),
    );
  });

  it("sends a device's points by one partition, whose key and routing key say so", () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { minLength: 1, maxLength: 30 }), (points) => {
        for (const { event, routingKey, body } of encode(points)) {
          const partitions = new Set(decode(body).points.map(({ deviceId }) => partitionOf(deviceId)));
          const key = String([...partitions][0]).padStart(2, "0");
          expect([partitions.size, event.partitionkey, routingKey]).toEqual([
            1,
            key,
            `telemetry.data.received.${key}`,
          ]);
        }
      }),
    );
  });

  it("splits where a message would grow beyond 256 KB, and keeps the order", () => {
    const large = Array.from({ length: 100 }, (_, i) => point({ value: `${i}${"x".repeat(15_000)}` }));
    const encoded = encode(large);
    expect(encoded.length).toBe(6);
    expect(new Set(encoded.map(({ event }) => event.id)).size).toBe(6);
    expect(encoded.flatMap(({ body }) => decode(body).points.map(({ value }) => value))).toEqual(
      large.map(({ value }) => value),
    );
  });

  it("gives the same messages for the same points, whenever they are sent again", () => {
    const points = Array.from({ length: 40 }, (_, i) => point({ deviceId: `device_${i}` }));
    const ids = (acceptedAt: number) =>
      encode(points, { acceptedMs: acceptedAt }).map(({ event, routingKey }) => [event.id, routingKey]);
    expect(ids(acceptedMs)).toEqual(ids(acceptedMs + 60_000));
  });

  it("writes the envelope that its body begins with, and who sent it", () => {
    const [encoded] = encode([point()], { userId: "key_1", idempotent: true, definitions: 12 });
    const { data, ...envelope } = JSON.parse(encoded?.body.toString() ?? "");
    expect(envelope).toEqual(encoded?.event);
    expect(envelope).toEqual({
      specversion: "1.0",
      id: "m-10-0",
      source: "/telemetry/ingest",
      type: "telemetry.data.received",
      time: "2025-12-18T10:00:00Z",
      correlation_id: "req-1",
      datacontenttype: "application/json",
      partitionkey: "10",
      userid: "key_1",
    });
    expect(data).toMatchObject({ accepted: acceptedMs, idempotent: true, definitions: 12 });
  });

  it("sends nothing for no points", () => {
    expect(encode([])).toEqual([]);
  });

  it("refuses what no consumer would read, before anything is acknowledged", () => {
    const wrong = fc.record({ correlationId: anyText(300), source: anyText(20), id: anyText(300) });
    fc.assert(
      fc.property(wrong, ({ correlationId, source, id }) => {
        try {
          const [encoded] = encode([point()], { correlationId, source, messageId: () => id });
          expect(decode(encoded?.body ?? Buffer.alloc(0)).points).toHaveLength(1);
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError);
        }
      }),
    );
    expect(() => encode([point()], { correlationId: "" })).toThrow("correlation_id");
  });

  it("refuses a place for which the version has no room", () => {
    const places = (index: number) => encodeMeasurements([{ point: point(), index }], acceptance());
    expect(places(1_023)).toHaveLength(1);
    expect(() => places(1_024)).toThrow("expected an index up to 1023, got 1024");
  });
});

describe("versions", () => {
  it("order points by acceptance and place, whatever order they come in", () => {
    const twice = [point({ value: 1 }), point({ value: 2 })];
    const [first, second] = decode(encode(twice)[0]?.body ?? Buffer.alloc(0)).points;
    expect(second?.version).toBeGreaterThan(first?.version ?? 0);
    const [later] = decode(
      encode([point()], { acceptedMs: acceptedMs + 1 })[0]?.body ?? Buffer.alloc(0),
    ).points;
    expect(later?.version).toBeGreaterThan(second?.version ?? 0);
  });

  it("are decided between equals by the identity of the message, always alike", () => {
    const tieOf = (id: string) =>
      decode(encode([point()], { messageId: () => id })[0]?.body ?? Buffer.alloc(0));
    expect(tieOf("a")).toEqual(tieOf("a"));
    expect(tieOf("a").points[0]?.tie).not.toBe(tieOf("b").points[0]?.tie);
  });
});

describe("decoding", () => {
  const [encoded] = encode([point({ tags: { a: "b" } })]);
  const event = JSON.parse(encoded?.body.toString() ?? "");
  const [raw] = event.data.points;
  const with_ = (data: unknown) => ({ ...event, data });

  it.each([
    ["data", undefined],
    ["data.points", { ...event.data, points: [] }],
    ["data.points", { ...event.data, points: undefined }],
    ["data.accepted", { ...event.data, accepted: -1 }],
    ["data.idempotent", { ...event.data, idempotent: "yes" }],
    ["data.points[0].timestamp", { ...event.data, points: [{ ...raw, timestamp: "noon" }] }],
    ["data.points[0].value", { ...event.data, points: [{ ...raw, value: null }] }],
    ["data.points[0].value", { ...event.data, points: [{ ...raw, value: undefined }] }],
    ["data.points[1].seq", { ...event.data, points: [raw, { ...raw, seq: 1_024 }] }],
    ["data.points[0].tags.a", { ...event.data, points: [{ ...raw, tags: { a: 1 } }] }],
  ])("names %s where that is wrong: case %#", (path, data) => {
    let thrown: unknown;
    try {
      decodeMeasurements(with_(data));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PermanentError);
    expect(thrown).toMatchObject({ code: "undecodable", message: expect.stringContaining(`${path}: `) });
  });

  it("passes over fields that a later version may add", () => {
    const later = { ...event.data, quality: 1, points: [{ ...raw, quality: "good" }] };
    const [decoded] = decodeMeasurements(with_(later)).points;
    expect(decoded?.value as Value).toBe(25.5);
    expect(decoded).not.toHaveProperty("quality");
  });
});
