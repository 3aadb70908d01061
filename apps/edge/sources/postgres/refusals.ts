import type { Logger } from "../../../../layers/core/logger.ts";

export interface Refusals {
  add(table: string, reason: string): void;
  readonly count: number;
}

/** Reasons name columns and metrics, and metrics may be many. */
const MOST_KNOWN = 1_000;

/** What can be no point is counted, and each reason said once. */
export function createRefusals(logger: Logger): Refusals {
  const known = new Set<string>();
  let count = 0;
  return {
    add(table, reason) {
      count++;
      const key = `${table} ${reason}`;
      if (known.has(key) || known.size >= MOST_KNOWN) return;
      known.add(key);
      logger.error("a value of a table can be no point", { table, reason });
    },
    get count() {
      return count;
    },
  };
}
