import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { asError, RefusedError, UnavailableError } from "../../../layers/core/errors.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import { Held, withBody } from "./body.ts";
import type { Incoming, IngestLogs } from "./logs.ts";
import type { IngestPoints } from "./points.ts";
import { answer, problemOf, type Reply } from "./reply.ts";

export interface ServerOptions {
  listen: { host: string; port: number };
  /** Whoever wants more than the health check must know it. @default nobody is asked */
  listenKey?: string | undefined;
  logs: IngestLogs;
  points: IngestPoints;
  /** @throws {UnavailableError} an append would not succeed now */
  check(): Promise<void>;
  status(): object;
  metrics(): string;
  logger: Logger;
}

export interface EdgeServer {
  readonly url: string;
  /** Takes no more connections, and resolves when every request was answered, or broken off after `limitMs`. */
  close(limitMs: number): Promise<void>;
}

interface Route {
  method: "GET" | "POST";
  /** What it captures is a device id. */
  path: RegExp;
  /** Errors are told as google.rpc.Status. */
  otlp?: true;
  open?: true;
  run(incoming: Incoming, deviceId: string): Promise<Reply>;
}

const NOTHING = Buffer.alloc(0);

/** An idle connection is kept for longer than senders pause, so that theirs is not closed as they send. */
const KEEP_ALIVE_MS = 75_000;
const SWEEP_MS = 20;

/** @throws {UnavailableError} `listen`: the address is taken, or none of this machine's */
export async function startServer(options: ServerOptions): Promise<EdgeServer> {
  const { listen, listenKey, logger } = options;
  const routes = routesOf(options);
  const held = new Held();
  const isKnown = keyCheck(listenKey);

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    let isOtlp = false;
    const respond = async (): Promise<Reply> => {
      const { method, open, otlp, run, path: pattern } = find(routes, request.method, path);
      isOtlp = otlp ?? false;
      if (!open && !isKnown(request)) throw new RefusedError(401, "expected the agent's listen_key");
      const deviceId = decoded(pattern.exec(path)?.[1] ?? "");
      const contentType = request.headers["content-type"];
      if (method === "GET") return run({ raw: NOTHING, contentType }, deviceId);
      return withBody(request, held, (raw) => run({ raw, contentType }, deviceId));
    };
    respond().then(
      (reply) => answer(response, reply),
      (error) => answer(response, problemOf(error, isOtlp, logger)),
    );
  });
  return listening(server, listen);
}

function routesOf({ logs, points, check, status, metrics }: ServerOptions): Route[] {
  const device = "/api/v1/telemetry/devices/([^/]+)/telemetry";
  return [
    { method: "POST", path: /^\/v1\/logs$/, otlp: true, run: logs },
    { method: "POST", path: /^\/v1\/metrics$/, otlp: true, run: points.export },
    { method: "POST", path: new RegExp(`^${device}$`), run: points.single },
    { method: "POST", path: new RegExp(`^${device}/batch$`), run: points.batch },
    { method: "POST", path: /^\/api\/v1\/telemetry\/bulk$/, run: points.bulk },
    {
      method: "GET",
      path: /^\/healthcheck$/,
      open: true,
      async run() {
        await check();
        return { status: 200, body: { status: "ok" } };
      },
    },
    { method: "GET", path: /^\/status$/, run: async () => ({ status: 200, body: status() }) },
    {
      method: "GET",
      path: /^\/metrics$/,
      run: async () => ({ status: 200, body: metrics(), contentType: "text/plain; version=0.0.4" }),
    },
  ];
}

/** @throws {RefusedError} 404, 405 */
function find(routes: readonly Route[], method: string | undefined, path: string): Route {
  const route = routes.find((each) => each.path.test(path));
  if (!route) throw new RefusedError(404, `there is no ${path} here`);
  if (route.method !== method) throw new RefusedError(405, `${path} takes ${route.method}`);
  return route;
}

/** @throws {RefusedError} 400 */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new RefusedError(400, `device_id: ${segment} is no percent-encoded UTF-8`, [], { cause });
  }
}

function keyCheck(key: string | undefined): (request: IncomingMessage) => boolean {
  if (key === undefined) return () => true;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(key);
  return ({ headers }) => {
    const given = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /i, "");
    return typeof given === "string" && timingSafeEqual(digest(given), expected);
  };
}

async function listening(server: Server, { host, port }: ServerOptions["listen"]): Promise<EdgeServer> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `listen: ${asError(cause).message}`;
    throw new UnavailableError(message, { code: "listen", cause });
  }
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async close(limitMs) {
      const closed = once(server, "close");
      server.close();
      // Those that become idle meanwhile, too.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(limit);
    },
  };
}
