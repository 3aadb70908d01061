import type { Clock } from "../../../../layers/core/clock.ts";
import { asError } from "../../../../layers/core/errors.ts";
import type { Logger } from "../../../../layers/core/logger.ts";
import type { MetricEntry, Sink } from "../../entries.ts";
import type { Source, SourceStatus } from "../../source.ts";
import { createLoop } from "../loop.ts";
import { createConnection, loadDriver } from "./connection.ts";
import { openMark } from "./mark.ts";
import { createRefusals } from "./refusals.ts";
import type { PostgresSettings, TableSettings } from "./settings.ts";
import { openTable, type Table, type TablePorts } from "./table.ts";

export interface PostgresContext {
  sink: Sink<MetricEntry>;
  /** Of its own: up to when each table has been taken. Made where it is missing. */
  directory: string;
  clock: Clock;
  logger: Logger;
  /** @default LIMITS of table.ts */
  limits?: TablePorts["limits"];
}

export interface PostgresStatus extends SourceStatus {
  /** Values that could not be points: NaN, names that the platform does not take. */
  refused: number;
}

export interface PostgresSource extends Source {
  readonly status: PostgresStatus;
}

/** A table in the row for its next look. */
interface Turn {
  settings: TableSettings;
  table: Table;
  /** On `performance.now`'s clock. */
  dueAt: number;
  failures: number;
  /** Why the last look failed. */
  error?: string;
  /** What the table lacks. */
  lack?: string;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Takes new rows of tables as measurements, one look after the other over one connection. table.ts says how. */
export function createPostgresSource(settings: PostgresSettings, context: PostgresContext): PostgresSource {
  const { directory, clock, logger, sink, limits } = context;
  const connection = createConnection(settings);
  const refusals = createRefusals(logger);
  let lastSuccessAt: number | undefined;
  const turns = settings.tables.map((table): Turn => {
    const refused = (reason: string) => refusals.add(table.table, reason);
    const mark = openMark(directory, table.table);
    const opened = openTable(table, { connection, mark, sink, clock, refused, limits });
    return { settings: table, table: opened, dueAt: performance.now(), failures: 0 };
  });

  /** One look, at the table that has waited longest. */
  async function round(signal: AbortSignal): Promise<number> {
    const turn = turns.reduce((first, each) => (each.dueAt < first.dueAt ? each : first));
    if (turn.dueAt <= performance.now()) await look(turn, signal);
    return Math.max(0, Math.min(...turns.map(({ dueAt }) => dueAt)) - performance.now());
  }

  async function look(turn: Turn, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    try {
      const { more, missing } = await turn.table.look(signal);
      succeeded(turn, missing);
      turn.dueAt = more ? startedAt : startedAt + turn.settings.interval;
    } catch (error) {
      if (signal.aborted) return; // Broken off, and made up for after the next start.
      failed(turn, error);
      const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (turn.failures - 1));
      turn.dueAt = performance.now() + Math.random() * ceiling;
    }
  }

  function succeeded(turn: Turn, missing: readonly string[]): void {
    const { table } = turn.settings;
    lastSuccessAt = clock.now();
    if (turn.error) logger.info("a table is read again", { table });
    const lack = missing.length > 0 ? `${table} has no column ${missing.join(", ")}` : undefined;
    if (lack && lack !== turn.lack)
      logger.warn("a table is read without some of its columns", { table, missing });
    Object.assign(turn, { failures: 0, error: undefined, lack });
  }

  function failed(turn: Turn, thrown: unknown): void {
    const error = messageOf(thrown);
    if (error !== turn.error)
      logger.warn("cannot read a table", { table: turn.settings.table, error: thrown });
    Object.assign(turn, { failures: turn.failures + 1, error });
  }

  const loop = createLoop(round);
  return {
    name: "postgres",
    async start() {
      await loadDriver();
      loop.start();
    },
    async stop() {
      const stopped = loop.stop();
      connection.close();
      await stopped;
      connection.close(); // One that was being opened meanwhile.
    },
    get status() {
      const collected = turns.reduce((sum, { table }) => sum + table.collected, 0);
      const errors = turns.flatMap(({ error, lack }) => error ?? lack ?? []);
      const lastError = errors.length > 0 ? [...new Set(errors)].join("; ") : undefined;
      return { collected, refused: refusals.count, lastSuccessAt, lastError };
    },
  };
}

/** A host with several addresses fails with one error per address, and no message of its own. */
const messageOf = (thrown: unknown): string =>
  thrown instanceof AggregateError && thrown.message === ""
    ? thrown.errors.map((each) => asError(each).message).join(", ")
    : asError(thrown).message;
