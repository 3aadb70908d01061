import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import { asError, UnavailableError } from "../../../layers/core/errors.ts";

const gzip = promisify(gzipCallback);

export interface Target {
  /** Without a slash at the end. */
  url: string;
  api_key: string;
  /** A file of certificates (PEM) to trust besides those of the system. */
  ca?: string | undefined;
  /** Milliseconds without an answer, unless a request says otherwise. */
  timeout: number;
}

export interface Outgoing {
  method: "GET" | "POST";
  path: string;
  contentType?: string;
  body?: Buffer;
  key?: string;
  /** @default the target's timeout */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Parsed where it is JSON. */
  body: unknown;
}

export interface Sender {
  /** @throws {UnavailableError} `unreachable`: there was no answer; `timeout`: none in time */
  send(outgoing: Outgoing): Promise<Answer>;
  close(): void;
}

/** No answer of the platform's is longer. */
const MAX_ANSWER_BYTES = 4 * 1_024 * 1_024;
/** Smaller bodies grow by it. */
const GZIP_FROM = 256;

/** Keeps its connections. @throws {UnavailableError} the file of certificates cannot be read */
export async function openSender({ url, api_key, ca, timeout }: Target, userAgent: string): Promise<Sender> {
  const { request, Agent, rootCertificates } = await protocolOf(url);
  const trusted = ca === undefined ? undefined : [...rootCertificates, await readCertificates(ca)];
  const agent = new Agent({ keepAlive: true, ca: trusted } as https.AgentOptions);

  async function send(outgoing: Outgoing): Promise<Answer> {
    const { method, path, contentType, body, key, timeoutMs = timeout, signal } = outgoing;
    const compressed = body !== undefined && body.length >= GZIP_FROM;
    const payload = compressed ? await gzip(body) : body;
    const limit = AbortSignal.timeout(timeoutMs);
    const sent = request(`${url}${path}`, {
      agent,
      method,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: {
        "x-api-key": api_key,
        "user-agent": userAgent,
        ...(contentType && { "content-type": contentType }),
        ...(payload && { "content-length": payload.length }),
        ...(compressed && { "content-encoding": "gzip" }),
        ...(key && { "idempotency-key": key }),
      },
    });
    try {
      return await answerTo(sent, payload);
    } catch (cause) {
      const [code, reason] = limit.aborted
        ? ["timeout", `no answer within ${timeoutMs} ms`]
        : ["unreachable", asError(cause).message];
      throw new UnavailableError(`${url}: ${reason}`, { code, cause });
    }
  }

  return { send, close: () => agent.destroy() };
}

async function protocolOf(url: string) {
  if (!url.startsWith("https:")) return { request: http.request, Agent: http.Agent, rootCertificates: [] };
  const { rootCertificates } = await import("node:tls");
  return { request: https.request, Agent: https.Agent, rootCertificates };
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UnavailableError(`forward.ca: ${asError(cause).message}`, { code: "ca", cause });
  }
}

function answerTo(sent: http.ClientRequest, payload: Buffer | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES)
          sent.destroy(new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: jsonOf(Buffer.concat(chunks).toString("utf8")) });
      });
    });
    sent.end(payload);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
