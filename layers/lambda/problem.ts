import type { APIGatewayProxyResult } from "aws-lambda";
import * as z from "zod";
import { PermanentError, RefusedError, UnavailableError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";

/** Every error answer. A stack trace never leaves the system: the request id finds it in the logs. */
export const problemSchema = z.object({
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  request_id: z.string(),
});

/** The code of a 401 for a credential that came and is not accepted (RFC 6750, section 3.1). */
export const INVALID_TOKEN = "invalid_token";

const MAX_FAULTS = 100;
const RETRY_AFTER_SECONDS = 2;

export function problemOf(error: unknown, requestId: string, logger: Logger): APIGatewayProxyResult {
  if (error instanceof RefusedError) return refused(error, requestId);
  if (error instanceof UnavailableError) {
    logger.warn("answered 503", { requestId, error });
    const detail = "a part of the platform is not available right now; try again";
    return problem(503, { detail, request_id: requestId }, { "retry-after": String(RETRY_AFTER_SECONDS) });
  }
  // The data's fault: a sum beyond what a number holds, say.
  if (error instanceof PermanentError) {
    return problem(422, { detail: "the store cannot work this out", request_id: requestId });
  }
  logger.error("answered 500", { requestId, error });
  return problem(500, { detail: "internal error", request_id: requestId });
}

function refused({ status, message, faults, code }: RefusedError, requestId: string): APIGatewayProxyResult {
  const errors =
    faults.length > 0
      ? faults.slice(0, MAX_FAULTS).map(({ path, message }) => ({ path, message }))
      : undefined;
  return problem(
    status,
    { detail: message.slice(0, 2_000), errors, request_id: requestId },
    challenge(status, code),
  );
}

/** RFC 6750, section 3. */
function challenge(status: number, code: string): Record<string, string> {
  if (status !== 401 && status !== 403) return {};
  const realm = 'Bearer realm="telemetry-bus"';
  if (status === 403) return { "www-authenticate": `${realm}, error="insufficient_scope"` };
  // Whoever sent nothing is not told what is wrong with it.
  return { "www-authenticate": code === INVALID_TOKEN ? `${realm}, error="${INVALID_TOKEN}"` : realm };
}

function problem(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
