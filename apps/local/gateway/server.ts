import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { FunctionRow } from "../../../functions/manifest-row.ts";
import { UnavailableError } from "../../../layers/core/errors.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import type { HttpHandler } from "../../../layers/lambda/http.ts";
import { type Answer, answerOf, failure } from "./answer.ts";
import { consoleFiles } from "./console-files.ts";
import { INTEGRATION_TIMEOUT_MS, MAX_REQUEST_BYTES } from "./limits.ts";
import { type GatewayRequest, restEvent } from "./rest-event.ts";
import { routeTable } from "./routes.ts";
import type { SocketServer } from "./socket-server.ts";

export interface GatewayOptions {
  manifest: readonly FunctionRow[];
  /** By the function's name. */
  handlers: Readonly<Record<string, HttpHandler>>;
  /** Takes what wants to become a WebSocket. @default such requests are taken for plain ones */
  sockets?: SocketServer;
  /** The folder of the built console. @default none is served */
  consoleFolder?: string;
  logger: Logger;
  /** 0 for any free one. */
  port: number;
  /** @default 127.0.0.1 */
  host?: string;
}

export interface Gateway {
  port: number;
  /** Takes no more requests and waits for those under way. */
  close(): Promise<void>;
}

const DRAIN_MS = 5_000;
const DISCARD_BYTES = 64 * 1_024 * 1_024;

/**
 * An HTTP server that does what API Gateway does in front of Lambda: finds the function, builds its event,
 * enforces the limits, checks the answer.
 *
 * @throws {UnavailableError} the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port, host = "127.0.0.1", logger } = options;
  const find = routeTable(options.manifest);
  const findFile = options.consoleFolder === undefined ? undefined : consoleFiles(options.consoleFolder);
  const streaming = new Map(
    options.manifest.flatMap((row) => (row.streams ? [[row.name, row.timeoutSeconds * 1_000]] : [])),
  );

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const answer = await answerTo(request, requestId).catch((error: unknown) => {
      logger.error("the gateway failed", { requestId, error });
      return failure(500, "internal error", requestId);
    });
    // What is left of a body that was not read would be taken for the next request; and a server that is closing
    // takes none, on a connection that is kept either.
    await send(response, answer, !request.complete || !server.listening);
  }

  async function answerTo(request: IncomingMessage, requestId: string): Promise<Answer> {
    const url = parseUrl(request.url ?? "/");
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const match = url && find(method, url.pathname);
    if (!url || !match) {
      const file = url && method === "GET" ? await findFile?.(url.pathname) : undefined;
      return file ?? failure(404, `no route ${method} ${url?.pathname ?? request.url}`, requestId);
    }
    const handler = options.handlers[match.functionName];
    if (!handler) throw new Error(`no handler for the function ${match.functionName}`);
    const body = await readBody(request);
    if (!body) return failure(413, `the body has more than ${MAX_REQUEST_BYTES} bytes`, requestId);
    const event = restEvent(gatewayRequest(request, method, url, body, requestId), match);
    const timeoutMs = streaming.get(match.functionName) ?? INTEGRATION_TIMEOUT_MS;
    const result = await withinTimeout(handler(event), timeoutMs);
    if (!result) return failure(504, `no answer within ${timeoutMs} ms`, requestId);
    return answerOf(result, requestId);
  }

  const { sockets } = options;
  // Some clients offer HTTP/2 by the same header, and are content with an answer.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
    sockets !== undefined && headers.upgrade?.toLowerCase() === "websocket";
  const server = createServer(
    { shouldUpgradeCallback },
    (request, response) => void respond(request, response),
  );
  if (sockets) server.on("upgrade", sockets.upgrade);
  // Longer than the 60 s for which clients and load balancers keep a connection: they should be the ones to close it.
  server.keepAliveTimeout = 65_000;
  await listen(server, port, host);
  return { port: (server.address() as AddressInfo).port, close: () => close(server, sockets) };
}

function parseUrl(target: string): URL | undefined {
  return URL.parse(target, "http://localhost") ?? undefined;
}

function gatewayRequest(
  request: IncomingMessage,
  method: string,
  url: URL,
  body: Buffer,
  requestId: string,
): GatewayRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    sourceIp: request.socket.remoteAddress ?? "",
    requestId,
    receivedAt: Date.now(),
  };
}

/**
 * Keeps nothing of a body beyond the limit, but reads on for a while: an answer sent into an upload is lost when
 * the connection is reset.
 */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  let chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_REQUEST_BYTES) chunks.push(chunk);
    else chunks = [];
    if (bytes > DISCARD_BYTES) resolve(undefined);
  });
  request.on("end", () => resolve(bytes <= MAX_REQUEST_BYTES ? Buffer.concat(chunks) : undefined));
  request.on("error", reject);
  request.on("close", () => reject(new Error("the client went away")));
  return promise;
}

async function withinTimeout<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, timeoutMs, undefined);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

async function send(response: ServerResponse, answer: Answer, last: boolean): Promise<void> {
  const { status, headers, body, stream } = answer;
  if (last) response.setHeader("connection", "close");
  if (stream) {
    response.writeHead(status, headers);
    return sendPieces(response, stream);
  }
  response.writeHead(status, { ...headers, "content-length": String(body.length) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** As fast as the client reads. If the client leaves or the stream fails, both end: the latter has logged why. */
async function sendPieces(response: ServerResponse, stream: AsyncIterable<Uint8Array>): Promise<void> {
  if (response.req.method === "HEAD") {
    await stream[Symbol.asyncIterator]().return?.();
    response.end();
    return;
  }
  await pipeline(stream, response).catch(() => response.destroy());
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (cause: NodeJS.ErrnoException) => {
    const taken = cause.code === "EADDRINUSE";
    reject(
      taken
        ? new UnavailableError(`port ${port} of ${host} is taken: set PORT to another`, { cause })
        : cause,
    );
  });
  server.listen(port, host, resolve);
  await promise;
}

async function close(server: Server, sockets: SocketServer | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await sockets?.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await promise;
  clearTimeout(timer);
}
