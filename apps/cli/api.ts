import type * as z from "zod";
import { asError, type Fault, TelemetryError } from "../../layers/core/errors.ts";
import { problemSchema } from "../../layers/lambda/problem.ts";

export interface Call<Answer> {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root of the API: `/api/v1/keys`. */
  path: string;
  /** Bytes go as they are, anything else as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** What a successful answer must look like. */
  answer: z.ZodType<Answer>;
  /**
   * API Gateway itself ends a request after 29 s.
   * @default 35000
   */
  timeoutMs?: number;
}

export interface Answered<Answer> {
  status: number;
  headers: Headers;
  body: Answer;
}

export interface Api {
  /** @throws {ApiError} refused, failed, or not answered at all */
  call<Answer>(call: Call<Answer>): Promise<Answered<Answer>>;
}

/** The call that failed, and what the API said to it. */
export class ApiError extends TelemetryError {
  /** Of the answer; none where there was no answer. */
  readonly status?: number;
  readonly faults: readonly Fault[];
  /** Milliseconds, from the header `Retry-After`. */
  readonly retryAfterMs?: number;

  constructor(message: string, answer: Pick<ApiError, "status" | "retryAfterMs"> & AnsweredFaults = {}) {
    const { status, faults = [], retryAfterMs, cause } = answer;
    super(message, { code: "api", cause });
    this.status = status;
    this.faults = faults;
    this.retryAfterMs = retryAfterMs;
  }

  /** The same call may succeed later. */
  get passing(): boolean {
    return this.status === undefined || PASSING.has(this.status);
  }
}

interface AnsweredFaults {
  faults?: readonly Fault[];
  cause?: unknown;
}

const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const MAX_SHOWN = 20;

export function createApi({ url, apiKey }: { url: string; apiKey: string }): Api {
  return {
    async call({ method, path, body, headers, answer, timeoutMs = 35_000 }) {
      const what = `${method} ${path}`;
      const response = await send(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
        body: bytesOf(body),
        signal: AbortSignal.timeout(timeoutMs),
        // A key must not follow a redirect to somewhere else.
        redirect: "error",
      });
      const text = await response.text().catch((cause: unknown) => {
        throw new ApiError(`${what}: the answer broke off`, { cause });
      });
      if (!response.ok) throw refusal(what, response, text);
      const parsed = answer.safeParse(parseJson(text));
      if (!parsed.success) {
        const got = text.slice(0, 200);
        throw new ApiError(`${what}: ${url} does not answer as this platform does: ${got}`, {
          status: response.status,
        });
      }
      return { status: response.status, headers: response.headers, body: parsed.data };
    },
  };
}

function bytesOf(body: unknown): RequestInit["body"] {
  if (body === undefined || body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer> | undefined;
  return JSON.stringify(body);
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new ApiError(`cannot reach ${new URL(url).origin}: ${reasonOf(asError(cause))}`, { cause });
  }
}

/** fetch says only "fetch failed"; the reason is its cause. */
function reasonOf(error: Error): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? error.message;
}

function refusal(what: string, { status, headers }: Response, text: string): ApiError {
  const problem = problemSchema.safeParse(parseJson(text)).data;
  const faults = problem?.errors ?? [];
  const shown = faults
    .slice(0, MAX_SHOWN)
    .map(({ path, message }) => `  ${path ? `${path}: ` : ""}${message}`);
  const more = faults.length > MAX_SHOWN ? [`  … and ${faults.length - MAX_SHOWN} more`] : [];
  const id = problem?.request_id ?? headers.get("x-request-id");
  const lines = [
    `${what}: ${status} ${problem?.detail ?? text.slice(0, 200)}`,
    ...shown,
    ...more,
    ...(id ? [`  request id ${id}`] : []),
  ];
  return new ApiError(lines.join("\n"), { status, faults, retryAfterMs: retryAfter(headers) });
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
