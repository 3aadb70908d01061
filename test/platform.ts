import { rm } from "node:fs/promises";
import { type Runtime, type RuntimeOptions, startRuntime } from "../apps/local/runtime.ts";
import { expectDocumented } from "./documented.ts";
import { freshDatabase, freshVhost } from "./fresh.ts";
import { silentLogger } from "./silent-logger.ts";
import { temporaryHome } from "./temporary-home.ts";

export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface CallOptions {
  headers?: Record<string, string>;
  /** @default the admin key; null sends none */
  key?: string | null;
}

/** The whole platform on a virtual host and a database of its own, on any free port. */
export interface Platform {
  readonly runtime: Runtime;
  readonly url: string;
  readonly amqpUrl: string;
  readonly databaseUrl: string;
  readonly home: string;
  readonly apiKey: string;
  get<Body>(path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** Sends text and bytes as they are, and anything else as JSON. */
  post<Body>(path: string, body: unknown, options?: CallOptions): Promise<Answer<Body>>;
  /** As `post`. */
  put<Body>(path: string, body: unknown, options?: CallOptions): Promise<Answer<Body>>;
  delete<Body>(path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** Stops it and starts it on the same port, broker, database and home. @param meanwhile while it is away */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const ADMIN_KEY = "key_admin.of-the-tests-and-nobody-else";

export async function startPlatform(options: Partial<RuntimeOptions> = {}): Promise<Platform> {
  const [vhost, database, home] = await Promise.all([freshVhost(), freshDatabase(), temporaryHome()]);
  const settings: RuntimeOptions = {
    amqpUrl: vhost.url,
    databaseUrl: database.url,
    home,
    port: 0,
    apiKey: ADMIN_KEY,
    logger: silentLogger,
    ...options,
  };
  let runtime = await startRuntime(settings);
  const { url } = runtime;
  const call = caller(url);
  return {
    get runtime() {
      return runtime;
    },
    url,
    amqpUrl: vhost.url,
    databaseUrl: database.url,
    home,
    apiKey: ADMIN_KEY,
    get: (path, given) => call("GET", path, undefined, given),
    post: (path, body, given) => call("POST", path, body, given),
    put: (path, body, given) => call("PUT", path, body, given),
    delete: (path, given) => call("DELETE", path, undefined, given),
    async restart(meanwhile) {
      await runtime.stop();
      await meanwhile?.();
      runtime = await startRuntime({ ...settings, port: Number(new URL(url).port) });
    },
    async stop() {
      await runtime.stop();
      await Promise.all([vhost.drop(), database.drop(), rm(home, { recursive: true })]);
    },
  };
}

/** Requests to a runtime, as a `Platform` makes them. */
export function caller(url: string) {
  return async <Body>(
    method: string,
    path: string,
    body: unknown,
    options: CallOptions = {},
  ): Promise<Answer<Body>> => {
    const { key = ADMIN_KEY, headers = {} } = options;
    const credential = key === null ? {} : { "x-api-key": key };
    const plain = typeof body === "string" || body instanceof Uint8Array || body === undefined;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...credential, ...headers },
      body: plain ? (body as string | undefined) : JSON.stringify(body),
    });
    const text = await response.text();
    const contentType = response.headers.get("content-type") ?? "";
    const answered = contentType.includes("json") ? JSON.parse(text) : text;
    const { status } = response;
    expectDocumented({ method, path, status, contentType, body: answered });
    return { status, headers: response.headers, body: answered as Body };
  };
}

/** What an error answer looks like. */
export interface Problem {
  detail: string;
  errors?: { path: string; message: string }[];
  request_id: string;
}
