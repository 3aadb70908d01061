import { rm } from "node:fs/promises";
import { type Agent, type AgentOptions, startAgent } from "../../apps/edge/agent.ts";
import { parseConfig } from "../../apps/edge/settings.ts";
import { silentLogger } from "../silent-logger.ts";
import { temporaryHome } from "../temporary-home.ts";

export interface EdgeOptions {
  /** Of the platform. */
  url: string;
  apiKey?: string;
  /** Where its buffer is. @default a new folder */
  directory?: string;
  /** Keys of the configuration that differ from those of a quick test. */
  config?: Record<string, unknown>;
  agent?: Partial<AgentOptions>;
}

/** Quick enough to be waited for. */
const forward = {
  batch: { max_age: "50ms" },
  backoff: { first: "20ms", longest: "200ms" },
  timeout: "5s",
};

/** The text of a configuration. JSON is YAML. */
export function edgeConfig(
  { url, apiKey = "key_of.nobody-in-particular", config = {} }: EdgeOptions,
  dir: string,
) {
  const { forward: own = {}, buffer = {}, ...others } = config as Record<string, object>;
  return JSON.stringify({
    listen: "127.0.0.1:0",
    device_id: "gateway-7",
    buffer: { dir, ...buffer },
    forward: { url, api_key: apiKey, ...forward, ...own },
    ...others,
  });
}

export interface EdgeAgent extends Agent {
  readonly directory: string;
  /** Sends text as it is, and anything else as JSON. */
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  get(path: string): Promise<{ status: number; body: unknown }>;
  /** Stops it and deletes what it kept. */
  discard(): Promise<void>;
}

export async function startEdge(options: EdgeOptions): Promise<EdgeAgent> {
  const directory = options.directory ?? (await temporaryHome());
  const config = parseConfig(edgeConfig(options, directory), {});
  const agent = await startAgent(config, { logger: silentLogger, ...options.agent });
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${agent.url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  };
  return {
    ...agent,
    directory,
    get: (path) => call(path),
    post: (path, body, headers) =>
      call(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body:
          typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    async discard() {
      await agent.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
