import { randomBytes, randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { FunctionRow, SocketRoute } from "../../../functions/manifest-row.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import {
  type SocketEvent,
  type SocketHandler,
  type SocketResult,
  socketParameters,
} from "../../../layers/lambda/socket-event.ts";
import { MAX_SOCKET_MESSAGE_BYTES, MAX_SOCKET_MS } from "./limits.ts";
import type { OpenSockets } from "./open-sockets.ts";
import { connectEvent, disconnectEvent, messageEvent, type SocketConnection } from "./socket-event.ts";

export interface SocketServerOptions {
  manifest: readonly FunctionRow[];
  /** By the function's name. */
  handlers: Readonly<Record<string, SocketHandler>>;
  open: OpenSockets;
  logger: Logger;
}

export interface SocketServer {
  /** What the HTTP server does with a request that wants to become a WebSocket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Lets nobody in any more, closes all, and waits until the functions know. */
  close(): Promise<void>;
}

const PATH = /^\/ws\/telemetry\/([^/]+)$/;
const GOING_AWAY = 1_001;

/**
 * Does what API Gateway does for a WebSocket API: asks $connect before it lets in, hands messages to $default and
 * sends back what that answers, and tells $disconnect. In front of it stands CloudFront, which moves the subscription
 * from the path into the query.
 */
export function createSocketServer({ manifest, handlers, open, logger }: SocketServerOptions): SocketServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_SOCKET_MESSAGE_BYTES });
  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  const invoke = (route: SocketRoute, event: SocketEvent): Promise<SocketResult> => {
    const name = functionOf(manifest, route);
    const handler = handlers[name];
    if (!handler) throw new Error(`no handler for the function ${name}`);
    return handler(event);
  };

  function follow(work: Promise<unknown>): void {
    const followed = work
      .catch((error: unknown) => logger.error("a socket's function failed", { error }))
      .finally(() => underWay.delete(followed));
    underWay.add(followed);
  }

  async function letIn(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const query = closing ? undefined : queryOf(request);
    if (!query) return refuse(stream, closing ? 503 : 404);
    const connection = connectionOf(request);
    const event = connectEvent(connection, query, occurrence());
    const { statusCode } = await invoke("connect", event).catch((error: unknown) => {
      logger.error("a connection could not be let in", { error });
      return { statusCode: 500 };
    });
    if (statusCode !== 200 || stream.destroyed || closing) {
      refuse(stream, statusCode === 200 ? 503 : statusCode);
      if (statusCode === 200) await left(connection, { code: GOING_AWAY, reason: "" });
      return;
    }
    server.handleUpgrade(request, stream, head, (socket) => serve(socket, connection));
  }

  function serve(socket: WebSocket, connection: SocketConnection): void {
    open.add(connection.connectionId, socket);
    const limit = setTimeout(() => socket.close(GOING_AWAY, "two hours are over"), MAX_SOCKET_MS).unref();
    socket.on("message", (data: Buffer, isBinary) => follow(answer(connection, { data, isBinary })));
    // A close follows.
    socket.on("error", (error) => logger.debug("a socket failed", { error }));
    socket.on("close", (code, reason) => {
      clearTimeout(limit);
      follow(left(connection, { code, reason: reason.toString() }));
    });
  }

  async function answer(connection: SocketConnection, message: { data: Buffer; isBinary: boolean }) {
    const { body } = await invoke("default", messageEvent(connection, message, occurrence()));
    if (body !== undefined) await open.send(connection.connectionId, body);
  }

  const left = (connection: SocketConnection, end: { code: number; reason: string }) =>
    invoke("disconnect", disconnectEvent(connection, end, occurrence()));

  return {
    upgrade: (request, stream, head) => {
      stream.on("error", () => stream.destroy());
      follow(letIn(request, stream, head));
    },
    async close() {
      closing = true;
      await open.closeAll();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function functionOf(manifest: readonly FunctionRow[], route: SocketRoute): string {
  const row = manifest.find(({ triggers }) =>
    triggers.some((trigger) => trigger.kind === "socket" && trigger.routes.includes(route)),
  );
  if (!row) throw new Error(`functions/manifest.ts has no function for the socket route $${route}`);
  return row.name;
}

function queryOf(request: IncomingMessage): Record<string, string> | undefined {
  const url = URL.parse(request.url ?? "/", "http://localhost");
  const subscriptionId = url && PATH.exec(url.pathname)?.[1];
  if (!url || !subscriptionId) return undefined;
  return { ...Object.fromEntries(url.searchParams), [socketParameters.subscriptionId]: subscriptionId };
}

function connectionOf({ headers: given, socket }: IncomingMessage): SocketConnection {
  const headers = Object.entries(given).map(([name, value]) => [name, String(value)]);
  return {
    connectionId: randomBytes(11).toString("base64"),
    headers: Object.fromEntries(headers),
    sourceIp: socket.remoteAddress ?? "",
    connectedAt: Date.now(),
  };
}

const occurrence = () => ({ requestId: randomUUID(), at: Date.now() });

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
