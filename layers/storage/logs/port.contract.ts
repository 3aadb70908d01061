import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveContract } from "./contract/archive.contract.ts";
import { concurrencyContract } from "./contract/concurrency.contract.ts";
import { filtersContract } from "./contract/filters.contract.ts";
import { hostileContract } from "./contract/hostile.contract.ts";
import { lineageContract } from "./contract/lineage.contract.ts";
import type { OpenedLogs } from "./contract/opened-logs.ts";
import { pagesContract } from "./contract/pages.contract.ts";
import { retentionContract } from "./contract/retention.contract.ts";
import { wordsContract } from "./contract/words.contract.ts";
import { writingContract } from "./contract/writing.contract.ts";

export type { OpenedLogs };

/** What every backend of the logs must do. Its tests share one store, and no name in it. */
export function describeLogs(name: string, open: () => Promise<OpenedLogs>): void {
  describe(name, () => {
    let opened: OpenedLogs;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const context = () => opened;

    describe("writing", () => writingContract(context));
    describe("words", () => wordsContract(context));
    describe("filters", () => filtersContract(context));
    describe("pages", () => pagesContract(context));
    describe("hostile content", () => hostileContract(context));
    describe("archived events", () => archiveContract(context));
    describe("parents and children", () => lineageContract(context));
    describe("retention", () => retentionContract(context));
    describe("many writers", () => concurrencyContract(context));

    it("says that it can answer", async () => {
      await expect(opened.store.check()).resolves.toBeUndefined();
    });
  });
}
