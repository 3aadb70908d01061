import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { RefusedError, UnavailableError } from "../../../layers/core/errors.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import { rpcStatusOf } from "../../../layers/core/otlp/status.ts";

export interface Reply {
  status: number;
  /** JSON, unless it is text. */
  body: unknown;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
}

const MAX_FAULTS = 100;
const RETRY_AFTER_SECONDS = 5;

/** As the platform answers errors. @param otlp whoever sent it wants a google.rpc.Status */
export function problemOf(error: unknown, otlp: boolean, logger: Logger): Reply {
  const { status, headers, ...problem } = problemIn(error, logger);
  const body = { ...problem, request_id: randomUUID() };
  return { status, headers, body: otlp ? rpcStatusOf(status, body) : body };
}

function problemIn(error: unknown, logger: Logger) {
  if (error instanceof RefusedError) {
    const { status, message, faults } = error;
    const errors = faults.length > 0 ? faults.slice(0, MAX_FAULTS) : undefined;
    return { status, detail: message.slice(0, 2_000), errors, headers: {} };
  }
  if (error instanceof UnavailableError) {
    const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
    return { status: 503, detail: error.message, reason: error.code, headers };
  }
  logger.error("answered 500", { error });
  return { status: 500, detail: "internal error", headers: {} };
}

export function answer(response: ServerResponse, { status, body, contentType, headers }: Reply): void {
  if (response.destroyed) return;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": contentType ?? "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
