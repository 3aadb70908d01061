import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storableText } from "../../../../test/arbitraries.ts";
import { PermanentError } from "../../../core/errors.ts";
import type { Json } from "../../../core/json.ts";
import type { Value } from "../../../core/measurement.ts";
import type { Measurements } from "../port.ts";
import { MIDNIGHT, newName, pointOf, pointsOf, withoutVersion } from "./samples.ts";

const numbers = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  1e-300,
  5e-324,
  1.7976931348623157e308,
  -2.2250738585072014e-308,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  123_456_789.123_456_79,
];

const texts = [
  "",
  " ",
  "on",
  "NULL",
  "null",
  "{}",
  "{1,2}",
  '"quoted"',
  "it's",
  "back\\slash",
  "\\N",
  "comma, and\ttab\nand newline",
  "\u0001\u001f\u007f",
  "ünïcödé 漢字 😀",
  "1.5",
];

const documents: Record<string, Value> = {
  "a geolocation": { lat: 48.137_154, lon: 11.576_124 },
  "binary in base64": "iVBORw0KGgoAAAANSUhEUgAA+/8=",
  "an empty object": {},
  "an empty list": [],
  "a nested document": { a: [1, "two", null, true, { b: { c: [[]] } }], 'key with "quotes" and \\': 1e-300 },
};

export function valuesContract(store: () => Measurements): void {
  const roundTrip = async (value: Value): Promise<Value | undefined> => {
    const deviceId = newName("device");
    await store().write([pointOf({ deviceId, value })]);
    const [point] = await pointsOf(store(), deviceId);
    return point?.value;
  };

  it.each(numbers)("gives back the number %d exactly [E1-US1 AC3, FR-005]", async (number) => {
    expect(Object.is(await roundTrip(number), number)).toBe(true);
  });

  it.each(texts)("gives back the text %j [E1-US1 AC3, FR-005]", async (text) => {
    expect(await roundTrip(text)).toBe(text);
  });

  it("gives back a text of 10,000 characters, or refuses it where points are smaller [E1-US1 AC3, FR-005]", async () => {
    const text = "😀 ".repeat(5_000);
    if (store().capabilities.mostPointBytes === undefined) expect(await roundTrip(text)).toBe(text);
    else await expect(roundTrip(text)).rejects.toThrow(PermanentError);
  });

  it("takes points as large as it says, and none that is larger, with all of its batch", async () => {
    const most = store().capabilities.mostPointBytes;
    if (most === undefined) return;
    const deviceId = newName("device");
    const text = "x".repeat(most - 50 - deviceId.length);
    await store().write([pointOf({ deviceId, value: text })]);
    const larger = pointOf({ deviceId, time: MIDNIGHT + 1, value: text, unit: "x".repeat(100) });
    await expect(store().write([pointOf({ deviceId, time: MIDNIGHT + 2 }), larger])).rejects.toThrow(
      PermanentError,
    );
    expect(await pointsOf(store(), deviceId)).toMatchObject([{ value: text }]);
  });

  it.each([true, false])("gives back %s [E1-US1 AC3, FR-005]", async (value) => {
    expect(await roundTrip(value)).toBe(value);
  });

  it.each(Object.entries(documents))("gives back %s [E1-US1 AC3, FR-005]", async (_name, document) => {
    expect(await roundTrip(document)).toEqual(document);
  });

  it("gives back whatever a point may carry, and leaves out what it does not [E1-US1 AC4, FR-005]", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyValue, anyDescription), { minLength: 1, maxLength: 30 }),
        async (given) => {
          const deviceId = newName("device");
          const { mostPointBytes = Number.POSITIVE_INFINITY } = store().capabilities;
          const points = given
            .map(([value, described], i) => pointOf({ deviceId, time: MIDNIGHT + i, value, ...described }))
            .filter((point) => Buffer.byteLength(JSON.stringify(point)) < mostPointBytes);
          await store().write(points);
          expect(await pointsOf(store(), deviceId)).toEqual(points.map(withoutVersion));
        },
      ),
      { numRuns: 40 },
    );
  });

  describe("names", () => {
    const metricNames = [
      "cpu",
      'cpu{core="0"}',
      'cpu{core="1",mode="user\\"s"}',
      "sys/mem.free:1",
      'a{b="é😀"}',
    ];

    it.each(metricNames)("keeps %s apart from all others", async (metricName) => {
      const deviceId = newName("device:x@y.z");
      await store().write(
        metricNames.map((metricName) => pointOf({ deviceId, metricName, value: metricName })),
      );
      expect(await pointsOf(store(), deviceId, [metricName])).toEqual([
        { deviceId, metricName, time: MIDNIGHT, value: metricName },
      ]);
    });
  });
}

/** Without backslashes: having met a key that ends with one, V8's `JSON.parse` (Node 24.21) misreads the next. */
const anyKey = storableText(10).map((text) => text.replaceAll("\\", "/"));
const anyUnit = fc.constantFrom("a", "é", '"', "{", ",", "\u001f", "😀");

/** JSON text knows no -0. */
const anyDocument = fc
  .jsonValue({ stringUnit: anyUnit })
  .map((value): Json => JSON.parse(JSON.stringify(value)));

const anyValue: fc.Arbitrary<Value> = fc
  .oneof(anyDocument, fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => value !== null);

const anyDescription = fc.record(
  {
    unit: storableText(20),
    tags: fc.dictionary(anyKey, storableText(10), { minKeys: 1, maxKeys: 4 }),
    metadata: fc.dictionary(anyKey, anyDocument, { minKeys: 1, maxKeys: 3 }),
  },
  { requiredKeys: [] },
);
