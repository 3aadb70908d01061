import fc from "fast-check";
import { expect, it } from "vitest";
import { MICROS_PER_SECOND, microsOf } from "../../../core/time.ts";
import { HOUR, partsOf, spans } from "./usage-spans.ts";

const MINUTE = 60 * MICROS_PER_SECOND;
const at = (time: string) => microsOf(Date.parse(time));
const minute = (time: string) => at(time) / MINUTE;

it("reads days, then hours, then minutes at both ends", () => {
  const range = { from: at("2026-07-01T22:58Z"), to: at("2026-07-05T01:02Z") };
  expect(partsOf(range)).toEqual([
    { span: 1, start: minute("2026-07-01T22:58Z"), end: minute("2026-07-01T23:00Z") },
    { span: 60, start: minute("2026-07-01T23:00Z"), end: minute("2026-07-02T00:00Z") },
    { span: 1_440, start: minute("2026-07-02T00:00Z"), end: minute("2026-07-05T00:00Z") },
    { span: 60, start: minute("2026-07-05T00:00Z"), end: minute("2026-07-05T01:00Z") },
    { span: 1, start: minute("2026-07-05T01:00Z"), end: minute("2026-07-05T01:02Z") },
  ]);
});

it("covers every minute of the range once, and no other, with few rows", () => {
  const time = fc.nat(6 * 1_440).chain((minutes) => fc.nat(2).map((offset) => minutes * MINUTE + offset));
  fc.assert(
    fc.property(time, time, fc.constantFrom(...spans), (from, to, longest) => {
      const parts = partsOf({ from, to }, longest);
      const covered = parts.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => start + i),
      );
      const wanted = Array.from({ length: 6 * 1_440 + 2 }, (_, i) => i).filter(
        (minute) => minute * MINUTE >= from && minute * MINUTE < to,
      );
      expect(covered).toEqual(wanted);
      for (const { span, start, end } of parts) {
        expect([start % span, end % span, span <= longest]).toEqual([0, 0, true]);
      }
      const rows = parts.reduce((sum, { span, start, end }) => sum + (end - start) / span, 0);
      if (longest === HOUR) expect(rows).toBeLessThanOrEqual(118 + 6 * 24);
      if (longest > HOUR) expect(rows).toBeLessThanOrEqual(118 + 46 + 6);
    }),
  );
});
