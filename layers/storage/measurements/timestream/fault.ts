import { TimestreamWriteServiceException } from "@aws-sdk/client-timestream-write";
import { asError, PermanentError, TelemetryError, UnavailableError } from "../../../core/errors.ts";

/**
 * What a failure of Timestream means to whoever asked. Only what is known to be the fault of the data is permanent: a
 * write that does not pass validation. All else (throttling, the network, rights, a missing table) is the store's
 * trouble and passes. Errors of our own family pass unchanged.
 *
 * @param doing as in "writing points": the message becomes "writing points failed: …"
 */
export function timestreamError(cause: unknown, doing: string): TelemetryError {
  if (cause instanceof TelemetryError) return cause;
  const { name, message } = asError(cause);
  const text = `${doing} failed: ${name}: ${message}`;
  if (cause instanceof TimestreamWriteServiceException && name === "ValidationException") {
    return new PermanentError(text, { code: "data_refused", cause });
  }
  return new UnavailableError(text, { code: "store_unavailable", cause });
}

export async function asked<Answer>(doing: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw timestreamError(error, doing);
  }
}
