import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketsContract } from "./contract/buckets.contract.ts";
import { concurrencyContract } from "./contract/concurrency.contract.ts";
import { latestContract } from "./contract/latest.contract.ts";
import { pointsContract } from "./contract/points.contract.ts";
import { retentionContract } from "./contract/retention.contract.ts";
import { rollupsContract } from "./contract/rollups.contract.ts";
import { statisticsContract } from "./contract/statistics.contract.ts";
import { valuesContract } from "./contract/values.contract.ts";
import { writingContract } from "./contract/writing.contract.ts";
import type { Measurements } from "./port.ts";

/** A store for the suite alone, empty at first. */
export interface OpenedMeasurements {
  store: Measurements;
  /** Closes the store and discards what was in it. */
  close(): Promise<void>;
}

/** What every backend of the measurements must do. Its tests share one store, and no name in it. */
export function describeMeasurements(name: string, open: () => Promise<OpenedMeasurements>): void {
  describe(name, () => {
    let opened: OpenedMeasurements;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const store = () => opened.store;

    describe("writing", () => writingContract(store));
    describe("values", () => valuesContract(store));
    describe("points", () => pointsContract(store));
    describe("buckets", () => bucketsContract(store));
    describe("rollups", () => rollupsContract(store));
    describe("latest points and names", () => latestContract(store));
    describe("statistics", () => statisticsContract(store));
    describe("retention", () => retentionContract(store));
    describe("many writers", () => concurrencyContract(store));

    it("says that it can answer", async () => {
      await expect(store().check()).resolves.toBeUndefined();
    });
  });
}
