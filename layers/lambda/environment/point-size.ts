import { MOST_POINT_BYTES } from "../../storage/measurements/timestream/record.ts";
import { environmentKeys as keys } from "../environment-keys.ts";

/** For who takes points: what the store that they go to takes. PostgreSQL takes all that the door does. */
export const mostPointBytes = (): number | undefined =>
  process.env[keys.timestreamDatabase] ? MOST_POINT_BYTES : undefined;
