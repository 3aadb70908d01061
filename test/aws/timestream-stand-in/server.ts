import { randomUUID } from "node:crypto";
import pg from "pg";
import * as z from "zod";
import { type Reply, startAnsweringServer } from "../../answering-server.ts";
import { freshDatabase } from "../../fresh.ts";
import { FUNCTIONS } from "./dialect.ts";
import { ServiceFault } from "./fault.ts";
import { Queries } from "./query.ts";
import { TableStore } from "./tables.ts";
import { writeRecords } from "./write.ts";

export interface Operation {
  name: string;
  body: unknown;
}

export interface StandInOptions {
  /** @default true */
  keepsMeasures?: boolean;
  /** Before an operation, in place of its answer. */
  interfere?: (operation: Operation) => Reply | undefined;
  /** @default the system's */
  now?: () => number;
}

export interface TimestreamStandIn {
  readonly url: string;
  readonly database: string;
  /** Everything that was asked. */
  readonly operations: readonly Operation[];
  close(): Promise<void>;
}

const createSchema = z.strictObject({
  DatabaseName: z.string(),
  TableName: z.string().min(3),
  RetentionProperties: z.strictObject({
    MemoryStoreRetentionPeriodInHours: z.int().min(1).max(8_766),
    MagneticStoreRetentionPeriodInDays: z.int().min(1).max(73_000),
  }),
  MagneticStoreWriteProperties: z.object({ EnableMagneticStoreWrites: z.literal(true) }),
  Schema: z.object({ CompositePartitionKey: z.array(z.object({ Type: z.string() })).length(1) }),
});

const listSchema = z.strictObject({ DatabaseName: z.string(), NextToken: z.string().optional() });
const TABLES_PER_PAGE = 2;

/**
 * Stands in for Amazon Timestream, which runs nowhere but on AWS: its JSON protocol, what it does to records and
 * what it refuses, as its documentation has them, over tables in a database of the run's PostgreSQL. It is ours: where
 * we have misread the documentation, it has too.
 */
export async function startTimestream(options: StandInOptions = {}): Promise<TimestreamStandIn> {
  const { keepsMeasures = true, interfere, now = Date.now } = options;
  const fresh = await freshDatabase();
  const pool = new pg.Pool({
    connectionString: fresh.url,
    max: 6,
    options: "-c search_path=public,trino -c timezone=UTC",
  });
  await pool.query(FUNCTIONS);
  const tables = new TableStore(pool);
  const queries = new Queries(pool);
  const database = "telemetry-test";
  await tables.createDatabase(database);
  const operations: Operation[] = [];

  const handlers: Readonly<Record<string, (body: unknown) => Promise<object>>> = {
    // Clients put it in place of the host's name, and keep the port.
    DescribeEndpoints: async () => ({ Endpoints: [{ Address: "127.0.0.1", CachePeriodInMinutes: 1_440 }] }),
    Query: (body) => queries.answer(body),
    WriteRecords: (body) => writeRecords({ pool, tables, keepsMeasures, now }, body),
    async CreateTable(body) {
      const { DatabaseName, TableName, RetentionProperties: kept } = createSchema.parse(body);
      const retention = {
        memoryHours: kept.MemoryStoreRetentionPeriodInHours,
        magneticDays: kept.MagneticStoreRetentionPeriodInDays,
      };
      await tables.create(DatabaseName, TableName, retention);
      return { Table: { DatabaseName, TableName, TableStatus: "ACTIVE" } };
    },
    async ListTables(body) {
      const { DatabaseName, NextToken } = listSchema.parse(body);
      const names = tables.names(DatabaseName).filter((name) => NextToken === undefined || name > NextToken);
      const page = names.slice(0, TABLES_PER_PAGE);
      const next = names.length > page.length ? page.at(-1) : undefined;
      return { Tables: page.map((TableName) => ({ DatabaseName, TableName })), NextToken: next };
    },
  };

  const server = await startAnsweringServer(async ({ headers, body }) => {
    const name = String(headers["x-amz-target"]).replace("Timestream_20181101.", "");
    const operation = { name, body };
    operations.push(operation);
    const interference = interfere?.(operation);
    if (interference) return interference;
    try {
      const handler = handlers[name];
      if (!handler) throw new ServiceFault("ValidationException", `no operation ${name}`);
      return { status: 200, headers: HEADERS, body: await handler(body) };
    } catch (error) {
      if (!(error instanceof ServiceFault))
        return faultReply("InternalServerException", String(error), {}, 500);
      return faultReply(error.type, error.message, error.details);
    }
  });

  return {
    url: server.url,
    database,
    operations,
    async close() {
      await server.close();
      await pool.end();
      await fresh.drop();
    },
  };
}

const HEADERS = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() };

export const faultReply = (type: string, message: string, details: object = {}, status = 400): Reply => ({
  status,
  headers: HEADERS,
  body: { __type: `com.amazonaws.timestream.v20181101#${type}`, Message: message, message, ...details },
});
