import { asError } from "../../core/errors.ts";
import { newEventId } from "../../core/ids.ts";
import { isPlainText } from "../publisher/plain.ts";
import type { Publisher } from "../publisher/publisher.ts";
import { type HttpTelemetryOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { type Answer, errorPayload, latencyPayload } from "./payload.ts";

/** Node's own request, of HTTP/1 or HTTP/2. */
export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Node's own response. It says `close` once, however it ends, and `finish` before if all of it was handed over. */
export interface RawResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  once(event: "finish" | "close", listener: () => void): unknown;
}

/** One request and its answer, as a framework shows them. */
export interface Exchange<Request> {
  request: Request;
  raw: RawRequest;
  response: RawResponse;
  address: string | undefined;
  /** The pattern of the route that was taken, asked for when the answer is over. */
  endpoint(): string | undefined;
}

export interface HttpTelemetry<Request> {
  /** Measures from now until the answer is over, and emits then. Neither this nor what it calls throws. */
  begin(look: () => Exchange<Request>): void;
  /** What was thrown on the way to this answer. */
  failed(response: RawResponse, error: unknown): void;
}

/** Nginx's word for a client that left before it was answered. */
const CLIENT_GONE = 499;

/** What the hooks of all frameworks have in common. */
export function createHttpTelemetry<Request>(
  publisher: Pick<Publisher, "publish">,
  given?: HttpTelemetryOptions<Request>,
): HttpTelemetry<Request> {
  const options = resolveOptions(given);
  /** What was thrown, by the response that is being measured. */
  const errors = new WeakMap<RawResponse, Error[]>();
  const quietly = guard(options.onFailure);

  function begin(exchange: Exchange<Request>): void {
    const { request, raw, response } = exchange;
    if (errors.has(response) || options.ignores(request, pathOf(raw))) return;
    errors.set(response, []);
    const correlationId = correlate(raw, options.correlationHeader);
    const startedAt = performance.now();
    let finishedAt: number | undefined;
    response.once("finish", () => {
      finishedAt = performance.now();
    });
    response.once("close", () => {
      const durationMs = (finishedAt ?? performance.now()) - startedAt;
      quietly(() => emit(exchange, { durationMs, aborted: finishedAt === undefined }, correlationId));
    });
  }

  function emit(
    exchange: Exchange<Request>,
    { durationMs, aborted }: { durationMs: number; aborted: boolean },
    correlationId: string,
  ): void {
    const { raw, response } = exchange;
    const answer: Answer = {
      service: options.service,
      method: raw.method,
      endpoint: exchange.endpoint(),
      status: aborted && !response.headersSent ? CLIENT_GONE : response.statusCode,
      durationMs,
      userAgent: raw.headers["user-agent"],
      address: options.clientAddress ? exchange.address : undefined,
      aborted,
    };
    const more = attributesOf(options, exchange.request, quietly);
    const [error] = errors.get(response) ?? [];
    quietly(() =>
      publisher.publish("api.latency", { ...latencyPayload(answer), ...more }, { correlationId }),
    );
    if (!isServersFault(answer.status, error)) return;
    quietly(() =>
      publisher.publish("api.error", { ...errorPayload(answer, error), ...more }, { correlationId }),
    );
  }

  return {
    begin: (look) => quietly(() => begin(look())),
    failed: (response, error) => quietly(() => errors.get(response)?.push(asError(error))),
  };
}

/** An error that was answered with 4xx told the caller what to do better: nobody is to be paged for it. */
function isServersFault(status: number, error: Error | undefined): boolean {
  return status >= 500 || (error !== undefined && status < 400);
}

type Quietly = (work: () => void) => void;

/** Telemetry must not harm what it observes. */
function guard(onFailure: (error: Error) => void): Quietly {
  return (work) => {
    try {
      work();
    } catch (thrown) {
      try {
        onFailure(asError(thrown));
      } catch {
        // Whoever is told of failures has failed too: there is nobody left to tell.
      }
    }
  };
}

function attributesOf<Request>(
  options: ResolvedOptions<Request>,
  request: Request,
  quietly: Quietly,
): Record<string, unknown> {
  let attributes = {};
  quietly(() => {
    attributes = options.attributes(request);
  });
  return attributes;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The request's correlation id, which its header holds from now on. */
function correlate({ headers }: RawRequest, header: string): string {
  const given = headers[header];
  if (typeof given === "string" && isPlainText(given)) return given;
  const id = TRACEPARENT.exec(String(headers.traceparent))?.[1] ?? newEventId();
  headers[header] = id;
  return id;
}

const pathOf = ({ url = "/" }: RawRequest): string => url.split("?", 1)[0] ?? url;
