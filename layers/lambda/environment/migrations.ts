import { migrateOpenSearchLogs } from "../../storage/logs/opensearch/logs.ts";
import { migrateLogs } from "../../storage/logs/postgres/migrate.ts";
import { migrateMeasurements } from "../../storage/measurements/postgres/migrate.ts";
import { migrateTimestream } from "../../storage/measurements/timestream/measurements.ts";
import { migrateRegistry } from "../../storage/registry/postgres/migrate.ts";
import { databaseUrl } from "./database.ts";
import { logsBackend, openSearch } from "./logs.ts";
import { timestream } from "./measurements.ts";

// Brings the stores that the environment has up to date. A file of its own: what migrates PostgreSQL weighs 100 kB,
// and one function needs it.

/** @param directory where the bundle carries PostgreSQL's, as of the others */
export const migrateBundledRegistry = async (directory: URL): Promise<void> =>
  migrateRegistry(await databaseUrl(), directory);

export async function migrateBundledMeasurements(directory: URL): Promise<void> {
  const options = timestream();
  if (options) await migrateTimestream(options);
  else await migrateMeasurements(await databaseUrl(), directory);
}

export async function migrateBundledLogs(directory: URL): Promise<void> {
  if (logsBackend() === "opensearch") await migrateOpenSearchLogs(openSearch());
  else await migrateLogs(await databaseUrl(), directory);
}
