import { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { TimestreamWriteClient } from "@aws-sdk/client-timestream-write";
import type { Measurements } from "../../storage/measurements/port.ts";
import {
  migrateMeasurements,
  openPostgresMeasurements,
} from "../../storage/measurements/postgres/measurements.ts";
import {
  migrateTimestream,
  openTimestreamMeasurements,
  TIMESTREAM_LIMITS,
  type TimestreamMeasurementsOptions,
} from "../../storage/measurements/timestream/measurements.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { databaseConnection, databaseUrl } from "./database.ts";

/** In Timestream where the environment names a database of it, else in PostgreSQL. */
export async function measurements(): Promise<Measurements> {
  const database = process.env[keys.timestreamDatabase];
  if (database) return openTimestreamMeasurements(timestream(database));
  return openPostgresMeasurements(await databaseConnection());
}

/** @param migrations where the bundle carries PostgreSQL's */
export async function migrateBundledMeasurements(migrations: URL): Promise<void> {
  const database = process.env[keys.timestreamDatabase];
  if (database) await migrateTimestream(timestream(database));
  else await migrateMeasurements(await databaseUrl(), migrations);
}

const timestream = (database: string): TimestreamMeasurementsOptions => ({
  write: new TimestreamWriteClient(TIMESTREAM_LIMITS),
  query: new TimestreamQueryClient(TIMESTREAM_LIMITS),
  database,
});
