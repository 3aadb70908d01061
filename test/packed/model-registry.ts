import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

// The example application of docs/examples/model-registry: started as its README says, and used.

export interface ExampleOptions {
  /** The Node.js that runs it. */
  node: string;
  /** Where it is installed. */
  folder: string;
  amqpUrl: string;
}

export interface Example {
  url: string;
  /** As a deployment stops it. @returns its exit code */
  stop(): Promise<number | null>;
  /** Ends it, if it has not ended. */
  kill(): void;
}

export async function startExample({ node, folder, amqpUrl }: ExampleOptions): Promise<Example> {
  const env = { PATH: process.env.PATH, RABBITMQ_URL: amqpUrl, PORT: "0" };
  const child: ChildProcess & { stdout: NodeJS.ReadableStream } = spawn(node, ["server.js"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return {
    url: String(line).replace("listening on ", ""),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** What its users do. @returns the statuses in the order of the calls: `STATUSES` */
export async function useExample(url: string): Promise<number[]> {
  const call = async (method: string, path: string, body?: object) => {
    const headers = body && { "content-type": "application/json" };
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    await answer.text();
    return answer.status;
  };
  return [
    await call("POST", "/models", { model_id: "gpt-4", vendor: "openai", tier: "Tier_1" }),
    await call("POST", "/models", { model_id: "claude", vendor: "anthropic" }),
    await call("POST", "/models", { model_id: "gpt-4", vendor: "openai" }),
    await call("POST", "/models", { model_id: "no-vendor" }),
    await call("PATCH", "/models/claude", { tier: "Tier_1" }),
    await call("GET", "/models/gpt-4"),
    await call("GET", "/models/claude"),
    await call("GET", "/models/nobody"),
    await call("POST", "/filters", { tier: "Tier_1" }),
    await call("POST", "/filters", { tier: "Tier_1" }),
    await call("GET", "/models/gpt-4/card"),
    await call("DELETE", "/models/gpt-4"),
    await call("GET", "/health"),
  ];
}

export const STATUSES = [201, 201, 409, 400, 200, 200, 200, 404, 200, 200, 500, 200, 200];

/** What that comes to on the bus. */
export const EVENTS = {
  "model.registered": 2,
  "model.updated": 1,
  "model.queried": 2,
  "filter.executed": 2,
  "api.error": 1,
  "model.deactivated": 1,
  "api.latency": 12,
};
