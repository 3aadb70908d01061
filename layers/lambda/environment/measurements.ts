import type { Measurements } from "../../storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../storage/measurements/postgres/measurements.ts";
import { databaseConnection } from "./database.ts";

export async function measurements(): Promise<Measurements> {
  return openPostgresMeasurements(await databaseConnection());
}
