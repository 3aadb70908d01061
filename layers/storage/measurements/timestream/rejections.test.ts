import { expect, it } from "vitest";
import { PermanentError, UnavailableError } from "../../../core/errors.ts";
import { MICROS_PER_SECOND, microsOf } from "../../../core/time.ts";
import { readRejection } from "./rejections.ts";

// As documented: "RejectedRecord", Amazon Timestream API Reference.

const now = microsOf(Date.UTC(2026, 0, 1));
const point = { deviceId: "d", metricName: "m", time: now, version: 1_800_000_000_000_000 };

it.each([
  ["a higher", point.version + 2],
  ["an equal", point.version + 1],
  ["the highest", 2n ** 63n - 1n],
])("takes it for well that %s version is there", (_, ExistingVersion) => {
  expect(
    readRejection(
      { RecordIndex: 0, Reason: "because", ExistingVersion: ExistingVersion as number },
      point,
      now,
    ),
  ).toBeUndefined();
});

it("takes anything else for the point's fault, and says whose", () => {
  const Reason = "The record timestamp is outside the time range";
  const fault = readRejection({ RecordIndex: 0, Reason }, point, now);
  expect(fault).toBeInstanceOf(PermanentError);
  expect(fault?.message).toBe(`Timestream rejected a point of m of d: ${Reason}`);
  expect(readRejection({ ExistingVersion: point.version }, point, now)).toBeInstanceOf(PermanentError);
});

it("waits for a point that is ahead of Timestream's clock and not of ours", () => {
  const ahead = { ...point, time: now + 15 * 60 * MICROS_PER_SECOND };
  expect(readRejection({ RecordIndex: 0, Reason: "in the future" }, ahead, now)).toBeInstanceOf(
    UnavailableError,
  );
});
