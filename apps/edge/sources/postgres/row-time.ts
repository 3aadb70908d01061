import { UnavailableError } from "../../../../layers/core/errors.ts";
import { type Micros, parseTime } from "../../../../layers/core/time.ts";

/** A `timestamptz` as PostgreSQL writes it: `2024-03-01 10:00:00.123456+05:30`, the minutes left out where they are 0. */
export function readRowTime(text: string | null | undefined): Micros {
  const time = parseTime((text ?? "").replace(/[+-]\d\d$/, "$&:00"));
  if (time === undefined)
    throw new UnavailableError(`expected a time of PostgreSQL's, got ${text}`, { code: "unreadable_time" });
  return time;
}
