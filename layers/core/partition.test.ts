import { expect, it } from "vitest";
import { LOGICAL_PARTITIONS, partitionKey, partitionOf } from "./partition.ts";

it("keeps a device in its partition for ever", () => {
  expect(["device_001", "device_002", "gateway:7", "Ünïcode"].map(partitionOf)).toEqual([10, 11, 14, 5]);
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
