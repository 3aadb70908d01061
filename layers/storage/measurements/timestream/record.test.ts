import fc from "fast-check";
import { expect, it } from "vitest";
import { storableJson, storableText } from "../../../../test/arbitraries.ts";
import { KnownMetrics } from "../../../core/known-metrics.ts";
import { checkPoint } from "../../../core/measurement.ts";
import { contentOf, MOST_POINT_BYTES, MOST_RECORD_BYTES, recordOf, refuseImpossible } from "./record.ts";

const metrics = new KnownMetrics([], MOST_POINT_BYTES);
const now = Date.UTC(2026, 0, 1);

const anyPoint = fc.record({
  timestamp: fc.constant(new Date(now).toISOString()),
  metric_name: fc.nat(127).map((length) => `m${"x".repeat(length)}`),
  value: fc.oneof(
    fc.constantFrom<unknown>(-0, 5e-324, true, "", "'".repeat(800), "é".repeat(700), "x".repeat(1_650)),
    storableText(1_500),
    storableJson.filter((value) => value !== null),
  ),
  unit: storableText(64),
  tags: fc.dictionary(storableText(50), storableText(200), { maxKeys: 4 }),
  metadata: fc.dictionary(storableText(50), storableJson, { maxKeys: 3 }),
});

it("has room for whatever the door lets through, and for nothing larger than Timestream takes", () => {
  const taken = { some: 0, refused: 0 };
  fc.assert(
    fc.property(anyPoint, fc.constantFrom(undefined, 3_650), (raw, days) => {
      const { point } = checkPoint(raw, { deviceId: "d".repeat(128), now, path: "", metrics });
      taken[point ? "some" : "refused"]++;
      if (!point) return;
      const stored = { ...point, version: Number.MAX_SAFE_INTEGER - 1, tie: 0 };
      const content = contentOf(stored, days);
      expect(() => refuseImpossible(stored, content)).not.toThrow();
      const { Dimensions = [], MeasureValues = [] } = recordOf(stored, content, stored.version);
      const texts = [...Dimensions, ...MeasureValues].flatMap(({ Name = "", Value = "" }) => [Name, Value]);
      expect(Buffer.byteLength(texts.join("")) + "measure_namepoint".length + 8).toBeLessThanOrEqual(
        MOST_RECORD_BYTES,
      );
      for (const { Value = "" } of MeasureValues) expect(Value.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
  expect(taken.some).toBeGreaterThan(50);
  expect(taken.refused).toBeGreaterThan(5);
});
