import { rm } from "node:fs/promises";
import { Client } from "pg";
import type * as z from "zod";
import type { MetricEntry } from "../../apps/edge/entries.ts";
import { type Connection, createConnection } from "../../apps/edge/sources/postgres/connection.ts";
import { openMark } from "../../apps/edge/sources/postgres/mark.ts";
import { postgresSettings } from "../../apps/edge/sources/postgres/settings.ts";
import { createPostgresSource, type PostgresSource } from "../../apps/edge/sources/postgres/source.ts";
import { openTable, type Table, type TablePorts } from "../../apps/edge/sources/postgres/table.ts";
import { type Fresh, freshDatabase } from "../fresh.ts";
import { silentLogger } from "../silent-logger.ts";
import { temporaryHome } from "../temporary-home.ts";

type TableInput = z.input<typeof postgresSettings>["tables"][number];

/** A database of its own with somebody who writes to it, and a sink that the tests look into. */
export interface Site {
  readonly database: Fresh;
  /** What the sink has, in the order in which it came. */
  readonly taken: MetricEntry[];
  /** Is asked at each append before anything is kept. */
  append: (entries: readonly MetricEntry[]) => Promise<void>;
  /** Milliseconds since the epoch. */
  now: number;
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** As after a start: nothing is remembered but what is on disk. */
  table(settings: TableInput, limits?: TablePorts["limits"]): Table;
  source(tables: readonly TableInput[], url?: string): PostgresSource;
  readonly refused: string[];
  /** Each point as it is in the end: the later of one time, device and metric. */
  inEffect(): Record<string, unknown>;
  close(): Promise<void>;
}

export async function openSite(now = Date.parse("2024-03-01T12:00:00Z")): Promise<Site> {
  const [database, directory] = await Promise.all([freshDatabase(), temporaryHome()]);
  const writer = new Client({ connectionString: database.url });
  writer.on("error", () => undefined); // Tests end its server's sessions.
  await writer.connect();
  const taken: MetricEntry[] = [];
  const refused: string[] = [];
  const closes: (() => Promise<void>)[] = [];
  let connection: Connection | undefined;
  const site: Site = {
    database,
    taken,
    refused,
    now,
    append: async () => undefined,
    async sql(text, values) {
      return (await writer.query(text, values && [...values])).rows;
    },
    table(table, limits) {
      const settings = settingsOf([table], database.url);
      connection ??= createConnection(settings);
      const [first] = settings.tables;
      if (!first) throw new Error("expected a table");
      const mark = openMark(directory, first.table);
      return openTable(first, { connection, mark, sink, clock, limits, refused: (it) => refused.push(it) });
    },
    source(tables, url = database.url) {
      const context = { sink, directory, clock: { now: Date.now }, logger: silentLogger };
      const source = createPostgresSource(settingsOf(tables, url), context);
      closes.push(() => source.stop());
      return source;
    },
    inEffect: () =>
      Object.fromEntries(taken.map((e) => [`${e.timestamp} ${e.device_id} ${e.metric_name}`, e.value])),
    async close() {
      for (const close of closes) await close();
      await connection?.close();
      await writer.end();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  const clock = { now: () => site.now };
  const sink = {
    async append(entries: readonly MetricEntry[]) {
      await site.append(entries);
      taken.push(...entries);
    },
  };
  return site;
}

const settingsOf = (tables: readonly TableInput[], url: string) =>
  postgresSettings.parse({ url, tables: [...tables] });

export const untilAborted = new AbortController().signal;
