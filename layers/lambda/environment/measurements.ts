import { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { TimestreamWriteClient } from "@aws-sdk/client-timestream-write";
import type { Measurements } from "../../storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../storage/measurements/postgres/measurements.ts";
import {
  openTimestreamMeasurements,
  TIMESTREAM_LIMITS,
  type TimestreamMeasurementsOptions,
} from "../../storage/measurements/timestream/measurements.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { databaseConnection } from "./database.ts";

/** In Timestream where the environment names a database of it, else in PostgreSQL. */
export async function measurements(): Promise<Measurements> {
  const options = timestream();
  if (options) return openTimestreamMeasurements(options);
  return openPostgresMeasurements(await databaseConnection());
}

/** `undefined` where the environment names no database of Timestream. */
export function timestream(): TimestreamMeasurementsOptions | undefined {
  const database = process.env[keys.timestreamDatabase];
  if (!database) return undefined;
  return {
    write: new TimestreamWriteClient(TIMESTREAM_LIMITS),
    query: new TimestreamQueryClient(TIMESTREAM_LIMITS),
    database,
  };
}
