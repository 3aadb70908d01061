import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { MICROS_PER_SECOND, type Micros } from "../../../../core/time.ts";
import { query, transaction } from "../../../postgres/transaction.ts";
import { MICROS_PER_HOUR } from "./hours.ts";
import { CLAIM, DATE_CLAIMS, EXPIRE, LOCK, SUM_UP } from "./statements.ts";

// An hour goes from touched to claimed to summed up (see the migration). Two things must hold, whoever writes,
// whoever else rolls up, and wherever this is cut off:
//
//   1. What a touch stands for is in the sums before the touch is gone. A writer who finds an hour touched adds no
//      touch of its own, and may not have committed yet when the hour is claimed. A claim is therefore dated by a
//      later transaction's id, and summed up once every transaction with an older id has ended.
//   2. Older sums never replace newer ones: claiming and summing up wait for each other, by a lock.

/** Most of what comes late has come by then; each hour that is touched again is read again as a whole. */
const AFTER_THE_HOUR = 5 * 60 * MICROS_PER_SECOND;

/** How many hours at once: as many as take about so long, since an hour may hold a point or a million. */
const STEP_MS = 500;
const FIRST_STEP = 20;
const LARGEST_STEP = 2_000;

/** Writes take milliseconds: who has not ended by then is left to the next run. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 20;

/** @param forMs no further step is begun after so long @returns how many hours were summed up */
export async function rollUp(pool: pg.Pool, now: Micros, forMs: number): Promise<number> {
  const endsAt = performance.now() + forMs;
  let [total, step, movedAt] = [0, FIRST_STEP, performance.now()];
  while (performance.now() < endsAt) {
    const claimed = await claim(pool, now - MICROS_PER_HOUR - AFTER_THE_HOUR, step);
    const stepAt = performance.now();
    const { summed, waiting } = await sumUp(pool, step);
    total += summed;
    if (summed > 0) step = nextStep(step, performance.now() - stepAt);
    if (claimed + summed > 0) movedAt = performance.now();
    else if (!waiting || performance.now() > movedAt + PATIENCE_MS) break;
    else await sleep(PAUSE_MS);
  }
  return total;
}

/** What is summed up of points that have all expired is of no use. */
export async function expireRollups(pool: pg.Pool, now: Micros): Promise<void> {
  await query(pool, "dropping expired rollups", { ...EXPIRE, values: [now] });
}

const claim = (pool: pg.Pool, latestStart: Micros, most: number): Promise<number> =>
  transaction(pool, "claiming touched hours", async (transaction) => {
    await transaction.query(LOCK);
    await transaction.query(DATE_CLAIMS);
    const { rowCount } = await transaction.query({ ...CLAIM, values: [latestStart, most] });
    return rowCount ?? 0;
  });

interface Summed {
  /** Hours. */
  summed: number;
  /** Whether some of the claimed hours must wait for a transaction to end. */
  waiting: boolean;
}

const sumUp = (pool: pg.Pool, most: number): Promise<Summed> =>
  transaction(pool, "summing up hours", async (transaction) => {
    await transaction.query(LOCK);
    const { rows } = await transaction.query<Summed>({ ...SUM_UP, values: [most] });
    return rows[0] ?? { summed: 0, waiting: false };
  });

const nextStep = (step: number, tookMs: number): number =>
  Math.max(1, Math.min(LARGEST_STEP, 2 * step, Math.round((step * STEP_MS) / Math.max(1, tookMs))));
