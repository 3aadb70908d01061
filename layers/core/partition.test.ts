import fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../../test/arbitraries.ts";
import { LOGICAL_PARTITIONS, partitionKey, partitionOf } from "./partition.ts";

it("keeps a device in its partition for ever", () => {
  expect(["device_001", "device_002", "gateway:7", "Ünïcode"].map(partitionOf)).toEqual([10, 7, 11, 6]);
});

it("spreads devices evenly, whatever their names look like", () => {
  for (const name of [
    (i: number) => `device_${i}`,
    (i: number) => `${i}`,
    (i: number) => `site-${i % 50}.cam-${i}`,
  ]) {
    const counts = new Array<number>(LOGICAL_PARTITIONS).fill(0);
    for (let i = 0; i < 16_000; i++) counts[partitionOf(name(i))] = (counts[partitionOf(name(i))] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1_300);
  }
});

it("writes the partition with two digits", () => {
  expect(partitionKey(7)).toBe("07");
});

it("finds one of the sixteen for any device id at all", () => {
  fc.assert(
    fc.property(anyText(), (deviceId) => {
      const partition = partitionOf(deviceId);
      return Number.isInteger(partition) && partition >= 0 && partition < LOGICAL_PARTITIONS;
    }),
  );
});
