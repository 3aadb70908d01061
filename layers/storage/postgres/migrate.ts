import { fileURLToPath } from "node:url";
import pg from "pg";
import Postgrator from "postgrator";
import { stableHash } from "../../core/ids.ts";
import { storageError } from "./fault.ts";

export interface Migration {
  connectionString: string;
  /** Holds the set's files, `001.do.keys.sql` and so on: plain SQL that can run in a transaction. */
  directory: string | URL;
  /** Where the database notes which files of this set it has seen. Each set has its own. */
  table: string;
}

/**
 * Brings one set of migrations up to date: all of it or, if a statement fails, nothing. Several may start this
 * at once: an advisory lock lets the first one work and the others find it done. A database that is ahead of
 * the files (an older version was deployed again) is left as it is.
 *
 * @throws {UnavailableError} also for a statement that fails or a file that changed after it was applied
 */
export async function migrate({ connectionString, directory, table }: Migration): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: "telemetry-bus migrations",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {}); // whatever was asked when the connection broke fails by itself
  try {
    await client.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [stableHash(table)]);
    await run(postgrator(client, directory, table), directory);
    await client.query("COMMIT");
  } catch (cause) {
    throw storageError(cause, `migrating ${table}`);
  } finally {
    await client.end(); // which rolls back what was not committed
  }
}

async function run(migrations: Postgrator, directory: string | URL): Promise<void> {
  const found = await migrations.getMigrations();
  if (found.length === 0)
    throw new Error(`expected files such as 001.do.name.sql in ${directory}, found none`);
  await migrations.migrate();
}

function postgrator(client: pg.Client, directory: string | URL, table: string): Postgrator {
  const path = typeof directory === "string" ? directory : fileURLToPath(directory);
  return new Postgrator({
    driver: "pg",
    migrationPattern: `${path.replace(GLOB_CHARACTERS, "\\$&").replace(/\/$/, "")}/*.do.*.sql`,
    schemaTable: table,
    newline: "LF",
    execQuery: (query) => client.query(query),
  });
}

const CONNECT_TIMEOUT_MS = 10_000;

const GLOB_CHARACTERS = /[\\*?[\]{}()!+@]/g;
