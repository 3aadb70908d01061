import {
  ConflictException,
  CreateTableCommand,
  ListTablesCommand,
  type TimestreamWriteClient,
  WriteRecordsCommand,
} from "@aws-sdk/client-timestream-write";
import type { Clock } from "../../../core/clock.ts";
import { microsOf } from "../../../core/time.ts";
import { MEASURE } from "./columns.ts";
import { asked } from "./fault.ts";
import { blankContent, recordOf } from "./record.ts";

/** Timestream lets an account list five times a second, all its processes together. */
const KNOWN_FOR_MS = 60_000;

/** What comes later than that goes to the magnetic store, where writing is cheaper and slower. */
const MEMORY_HOURS = 24;

/** No device is called so, and no metric. */
const NOBODY = "-";

export const tableOf = (days: number): string => `points_${days}d`;

const daysIn = (table: string): number | undefined => {
  const days = /^points_([1-9]\d{0,3})d$/.exec(table)?.[1];
  return days === undefined ? undefined : Number(days);
};

/** One table per number of days that points are kept: a retention is a table's, and there is no other way to delete. */
export interface Tables {
  /** The days of all tables there are, shortest first. Another process' new one may be missing for a minute. */
  all(): Promise<readonly number[]>;
  /** Makes the table if it is missing. */
  ensure(days: number): Promise<void>;
  /** Gives every table its columns again, in case that what had them has expired. */
  renew(): Promise<void>;
  /** Trusts nothing that was known. */
  forget(): void;
}

export interface TablesOptions {
  write: TimestreamWriteClient;
  database: string;
  clock: Clock;
}

export function openTables({ write, database, clock }: TablesOptions): Tables {
  /** With columns: a table without is of no use to any query. */
  const begun = new Set<number>();
  let listed: { days: Set<number>; atMs: number } | undefined;

  async function list(): Promise<Set<number>> {
    const days = new Set<number>();
    let NextToken: string | undefined;
    do {
      const page = await write.send(new ListTablesCommand({ DatabaseName: database, NextToken }));
      for (const { TableName = "" } of page.Tables ?? []) {
        const found = daysIn(TableName);
        if (found !== undefined) days.add(found);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return days;
  }

  async function known(): Promise<Set<number>> {
    if (!listed || clock.now() - listed.atMs > KNOWN_FOR_MS) {
      const days = await asked("listing tables", list);
      listed = { days, atMs: clock.now() };
    }
    return listed.days;
  }

  async function create(days: number): Promise<void> {
    const command = new CreateTableCommand({
      DatabaseName: database,
      TableName: tableOf(days),
      RetentionProperties: {
        MemoryStoreRetentionPeriodInHours: MEMORY_HOURS,
        // A day more than any answer needs: no point is refused at the edge.
        MagneticStoreRetentionPeriodInDays: days + 1,
      },
      MagneticStoreWriteProperties: { EnableMagneticStoreWrites: true },
      Schema: {
        CompositePartitionKey: [{ Type: "DIMENSION", Name: "device", EnforcementInRecord: "REQUIRED" }],
      },
    });
    await asked("making a table", () => write.send(command)).catch((error: { cause?: unknown }) => {
      if (!(error.cause instanceof ConflictException)) throw error;
    });
  }

  /** Writes the record that has all columns. Of several processes each may. */
  async function begin(days: number): Promise<void> {
    const now = clock.now();
    const nobody = { deviceId: NOBODY, metricName: NOBODY, time: microsOf(now) };
    const command = new WriteRecordsCommand({
      DatabaseName: database,
      TableName: tableOf(days),
      CommonAttributes: { MeasureName: MEASURE, MeasureValueType: "MULTI", TimeUnit: "MICROSECONDS" },
      Records: [recordOf(nobody, blankContent(), 0)],
    });
    await asked("beginning a table", () => write.send(command));
    begun.add(days);
  }

  return {
    all: async () => [...(await known())].sort((a, b) => a - b),
    async ensure(days) {
      if (begun.has(days)) return;
      const tables = await known();
      if (!tables.has(days)) await create(days);
      tables.add(days);
      await begin(days);
    },
    async renew() {
      for (const days of await known()) await begin(days);
    },
    forget() {
      begun.clear();
      listed = undefined;
    },
  };
}
