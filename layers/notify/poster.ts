import { promises as dns, type LookupAddress } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { asError, TransientError } from "../core/errors.ts";
import { type AddressRule, checkAddresses, checkUrl } from "./address.ts";

export interface PosterOptions extends AddressRule {
  /** For the whole call: name, connection, answer. @default 5_000 */
  timeoutMs?: number;
  /** @default the system's */
  resolve?: (host: string) => Promise<LookupAddress[]>;
}

export interface PostAnswer {
  status: number;
  /** Its beginning. */
  text: string;
  retryAfter?: string;
}

export interface Poster {
  /**
   * One POST to a public address, on a connection of its own, following no redirect.
   *
   * @throws {AddressError} not an address that channels may lead to
   * @throws {TransientError} no answer: whether it arrived is not known
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer>;
}

const MAX_ANSWER_BYTES = 4_096;

const resolveBySystem = (host: string): Promise<LookupAddress[]> => dns.lookup(host, { all: true });

export function createPoster(options: PosterOptions = {}): Poster {
  const { timeoutMs = 5_000, resolve = resolveBySystem } = options;

  return {
    async post(target, headers, body) {
      const url = checkUrl(target, options);
      const lookup = checkedLookup(url, resolve, options);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        return await exchange(url, headers, body, lookup, signal);
      } catch (cause) {
        if (cause instanceof Error && "code" in cause && cause.code === "address_refused") throw cause;
        const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(asError(cause));
        throw new TransientError(`${url.host}: ${reason}`, { code: "no_answer", cause });
      }
    },
  };
}

/**
 * Names are resolved once, and the connection goes to what was resolved and checked: a name that answers differently
 * the next time (DNS rebinding) is not asked a next time.
 */
function checkedLookup(
  url: URL,
  resolve: (host: string) => Promise<LookupAddress[]>,
  rule: AddressRule,
): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => {
        checkAddresses(addresses, url, rule);
        const [first] = addresses;
        if (!first) throw new Error("the name has no address");
        if (all) callback(null, addresses);
        else callback(null, first.address, first.family);
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, ""));
  };
}

async function exchange(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<PostAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  const length = String(Buffer.byteLength(body));
  const options = {
    method: "POST",
    headers: { "user-agent": "telemetry-bus", ...headers, "content-length": length },
    lookup,
    signal,
    agent: false,
  };
  const sent = request(url, options, (response) => void answerOf(response).then(resolve, reject));
  sent.on("error", reject);
  sent.end(body);
  return promise.finally(() => sent.destroy());
}

async function answerOf(response: IncomingMessage): Promise<PostAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString("utf8", 0, Math.min(bytes, MAX_ANSWER_BYTES));
  const answer: PostAnswer = { status: response.statusCode ?? 0, text };
  const retryAfter = response.headers["retry-after"];
  return retryAfter === undefined ? answer : { ...answer, retryAfter };
}

/** A host with several addresses fails with one error for each, and an empty message of its own. */
function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? asError(error.errors[0] ?? error) : error;
  return (first as NodeJS.ErrnoException).code ?? first.message;
}
