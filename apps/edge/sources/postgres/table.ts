import type { Clock } from "../../../../layers/core/clock.ts";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import { formatTime, MICROS_PER_SECOND, type Micros, microsOf } from "../../../../layers/core/time.ts";
import type { MetricEntry, Sink } from "../../entries.ts";
import { columnsOf, type Plan, planOf } from "./columns.ts";
import type { Connection, Query, Row } from "./connection.ts";
import type { Mark } from "./mark.ts";
import { pointsOf } from "./row-points.ts";
import { readRowTime } from "./row-time.ts";
import type { TableSettings } from "./settings.ts";
import { fingerprintOf, Taken } from "./taken.ts";

// How nothing is skipped. `settled` is a time up to which every row has been taken, and the only thing that is
// kept on disk. A thorough look begins there and reads in the order of time, a page at a time; each page is in the
// sink before `settled` moves, and it moves to late_window before the page's last row or before the moment that
// the look sees, whichever is earlier. So a row that comes no later than late_window after its time, or after newer
// rows, is met by a look that begins before it; a crash repeats at most what has not settled.
//
// What is met again is known by its fingerprint and not taken again, unless it was not there meanwhile: a value that
// changed and changed back. The fingerprints are in memory and bounded:
// after a restart, or beyond the bound, rows are taken again. Of a point the platform keeps one per time, device
// and metric, so that a repeat changes nothing. Beyond the bound thorough looks are made twice per window only,
// and the looks between begin where the memory does.
//
// Rows that are dated ahead are read when their time comes.

/** The platform takes points that are dated up to 15 minutes ahead. */
const AHEAD: Micros = 10 * 60 * MICROS_PER_SECOND;

export const LIMITS = {
  /** Per table: some 20 MB. */
  rememberedRows: 200_000,
  /** After which a look makes way for other tables and for VACUUM, as soon as it has come a window further. */
  pagesPerLook: 100,
} as const;

export interface TablePorts {
  connection: Connection;
  mark: Mark;
  sink: Sink<MetricEntry>;
  clock: Clock;
  /** Told of what can be no point, each time. */
  refused(reason: string): void;
  limits?: { rememberedRows: number; pagesPerLook: number };
}

export interface Look {
  /** There is more to be read at once. */
  more: boolean;
  /** What the settings name and the table lacks. */
  missing: readonly string[];
}

export interface Table {
  /** @throws what the database, the sink or the disk says; the next look makes up for it */
  look(signal: AbortSignal): Promise<Look>;
  /** Entries that are in the sink. */
  readonly collected: number;
}

export function openTable(settings: TableSettings, ports: TablePorts): Table {
  const { connection, mark, sink, clock, limits = LIMITS } = ports;
  const window = microsOf(settings.late_window);
  const taken = new Taken({ windowMicros: window, limit: limits.rememberedRows });
  let settled: Micros | undefined;
  let thoroughAt = Number.NEGATIVE_INFINITY;
  let unfinished = false;
  let collected = 0;

  async function look(signal: AbortSignal): Promise<Look> {
    // Before the database's moment: of what is not late by then, nothing is missing in it.
    const now = microsOf(clock.now());
    settled ??= await begin(now);
    if (settled > now + AHEAD) throw aheadOfClock(settings.table, settled);
    const thorough = unfinished || taken.from <= settled || Math.abs(now - thoroughAt) >= window / 2;
    const from = thorough ? settled : taken.from;
    const found = await connection.reading(async (query) => {
      const plan = planOf(await columnsOf(query, settings.table), settings);
      await query(`DECLARE look NO SCROLL CURSOR FOR ${plan.select}`, [from, now + AHEAD].map(formatTime));
      return { more: await readPages(query, plan, { now, from, thorough, signal }), missing: plan.missing };
    });
    unfinished = thorough && found.more;
    if (thorough && !found.more) thoroughAt = now;
    return found;
  }

  /** On disk before anything is read, so that what comes meanwhile is in the next start's history, too. */
  async function begin(now: Micros): Promise<Micros> {
    const kept = await mark.read();
    if (kept !== undefined) return kept;
    const first = Math.max(0, now - microsOf(settings.history));
    await mark.write(first);
    return first;
  }

  interface Reach {
    now: Micros;
    from: Micros;
    thorough: boolean;
    signal: AbortSignal;
  }

  /** @returns whether it ended before the rows did */
  async function readPages(
    query: Query,
    plan: Plan,
    { now, from, thorough, signal }: Reach,
  ): Promise<boolean> {
    for (let pages = 1; ; pages++) {
      const rows = await query(`FETCH ${settings.batch_rows} FROM look`);
      const newest = await take(rows, plan);
      const reached = newest === undefined ? from : Math.min(newest, now) - window;
      if (thorough) await settle(reached);
      const isDone = rows.length < settings.batch_rows;
      const makesWay = thorough && pages >= limits.pagesPerLook && reached - from >= window && reached > from;
      if (!isDone && !signal.aborted && !makesWay) continue;
      taken.looked(from, isDone ? Number.POSITIVE_INFINITY : (newest ?? from));
      return !isDone;
    }
  }

  /** @returns the time of the last row */
  async function take(rows: readonly Row[], plan: Plan): Promise<Micros | undefined> {
    const timed = rows.map((row) => ({ row, time: readRowTime(row[0]), fingerprint: fingerprintOf(row) }));
    const fresh = timed.filter(({ time, fingerprint }) => !taken.meets(time, fingerprint));
    const points = fresh.map(({ row, time }) => pointsOf(row, time, plan, settings));
    const entries = points.flatMap((each) => each.entries);
    if (entries.length > 0) await sink.append(entries);
    collected += entries.length;
    for (const reason of points.flatMap((each) => each.refused)) ports.refused(reason);
    for (const { time, fingerprint } of fresh) taken.add(time, fingerprint);
    return timed.at(-1)?.time;
  }

  async function settle(reached: Micros): Promise<void> {
    if (settled === undefined || reached <= settled) return;
    await mark.write(reached);
    settled = reached;
    taken.settle(reached);
  }

  return {
    look,
    get collected() {
      return collected;
    },
  };
}

/** One of the machine's clocks was or is wrong. Reading on from there would skip what comes until then. */
const aheadOfClock = (table: string, settled: Micros) =>
  new UnavailableError(
    `${table} was read up to ${formatTime(settled)}, which this machine's clock has yet to reach`,
    {
      code: "clock_behind",
    },
  );
