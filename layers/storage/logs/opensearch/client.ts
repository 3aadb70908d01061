import { asError, PermanentError, UnavailableError } from "../../../core/errors.ts";
import { type Sign, type SigningOptions, signerOf } from "./signing.ts";

export interface ClientOptions {
  /** `https://search-telemetry-….eu-central-1.es.amazonaws.com` */
  endpoint: string;
  /** @default none: requests are not signed, as a node of one's own has it */
  signing?: SigningOptions;
  /** An answer that has not come by then was lost. @default 30_000 */
  timeoutMs?: number;
}

export interface Request {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** With its query: `/telemetry-logs-*\/_search?size=1` */
  path: string;
  /** JSON; lines of JSON as text. @default none */
  body?: object | string;
  /** What the caller does with it: "searching log entries". */
  doing: string;
  /** Statuses that are an answer too. @default only success */
  accept?: readonly number[];
}

export interface Answer {
  status: number;
  body: unknown;
}

/** OpenSearch's HTTP API. */
export interface Client {
  /**
   * @throws {PermanentError} what was sent is at fault: statuses 400 and 413
   * @throws {UnavailableError} everything else that is no success
   */
  ask(request: Request): Promise<Answer>;
}

const DATA_AT_FAULT = new Set([400, 413]);
const TIMEOUT_MS = 30_000;
const MOST_QUOTED = 500;

export function createClient({ endpoint, signing, timeoutMs = TIMEOUT_MS }: ClientOptions): Client {
  const sign = signing && signerOf(signing);
  return {
    async ask(request) {
      const { status, text } = await exchange(endpoint, request, sign, timeoutMs);
      if ((status >= 200 && status < 300) || request.accept?.includes(status)) {
        return { status, body: parse(text, request.doing) };
      }
      const message = `${request.doing} failed: OpenSearch answered ${status} ${text.slice(0, MOST_QUOTED)}`;
      throw DATA_AT_FAULT.has(status)
        ? new PermanentError(message, { code: "data_refused" })
        : new UnavailableError(message, { code: "store_unavailable" });
    },
  };
}

async function exchange(
  endpoint: string,
  { method, path, body, doing }: Request,
  sign: Sign | undefined,
  timeoutMs: number,
): Promise<{ status: number; text: string }> {
  // Signatures do not agree on whether a bare asterisk is escaped; an escaped one is one thing to all.
  const url = new URL(path.replaceAll("*", "%2A"), endpoint);
  const sent = typeof body === "object" ? JSON.stringify(body) : body;
  const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
  try {
    const headers = { "content-type": type, ...(await sign?.(method, url, sent ?? "")) };
    const response = await fetch(url, {
      method,
      headers,
      body: sent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    const { message, cause: deeper } = asError(cause);
    const why = deeper === undefined ? message : `${message}: ${asError(deeper).message}`;
    throw new UnavailableError(`${doing} failed: ${why}`, { code: "store_unavailable", cause });
  }
}

function parse(text: string, doing: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new UnavailableError(`${doing} failed: expected JSON, OpenSearch answered ${text.slice(0, 100)}`, {
      code: "store_unavailable",
      cause,
    });
  }
}
