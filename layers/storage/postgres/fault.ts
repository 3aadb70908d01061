import pg from "pg";
import { asError, PermanentError, TelemetryError, UnavailableError } from "../../core/errors.ts";

/** SQLSTATE classes that say that the data are at fault: data exception, integrity constraint violation. */
const DATA_AT_FAULT = new Set(["22", "23"]);
const CHECK_VIOLATION = "23514";

/**
 * What a failure of PostgreSQL means to whoever asked. Only what is known to be the fault of the data is
 * permanent; all else (network, locks, resources, a missing table, anything unknown) is the store's trouble
 * and passes. Errors of our own family pass unchanged.
 *
 * @param doing as in "counting usage": the message becomes "counting usage failed: …"
 */
export function storageError(cause: unknown, doing: string): TelemetryError {
  if (cause instanceof TelemetryError) return cause;
  const message = `${doing} failed: ${messageOf(cause)}`;
  if (isFaultOfData(cause)) return new PermanentError(message, { code: "data_refused", cause });
  return new UnavailableError(message, { code: "store_unavailable", cause });
}

function isFaultOfData(cause: unknown): boolean {
  if (!(cause instanceof pg.DatabaseError) || cause.code === undefined) return false;
  // "No partition of relation found for row" shares its code with check constraints, but names none.
  if (cause.code === CHECK_VIOLATION && cause.constraint === undefined) return false;
  return DATA_AT_FAULT.has(cause.code.slice(0, 2));
}

function messageOf(cause: unknown): string {
  // A host with several addresses fails with one error for each, and an empty message of its own.
  const first: unknown = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  const { message } = asError(first);
  return first instanceof pg.DatabaseError && first.code ? `${message} (SQLSTATE ${first.code})` : message;
}
