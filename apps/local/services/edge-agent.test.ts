import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { nextFreePort, startEdgeAgent } from "./edge-agent.ts";
import { freePort } from "./ports.ts";
import type { Service } from "./service.ts";

let home: string;
let agent: Service | undefined;

beforeEach(async () => {
  home = await temporaryHome();
});

afterEach(async () => {
  await agent?.stop();
  await rm(home, { recursive: true, force: true });
});

it("runs an agent that keeps what it took, though it is killed", async () => {
  const port = await freePort();
  // Nobody listens there.
  const options = { home, platform: "http://127.0.0.1:1", apiKey: "key_of.nobody-in-particular", port };
  agent = await startEdgeAgent(options);
  expect(agent.url).toBe(`http://127.0.0.1:${port}`);
  const { status } = await fetch(`${agent.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: "s", message: "kept" }),
  });
  expect(status).toBe(202);
  await agent.kill("SIGKILL");
  agent = await startEdgeAgent(options);
  const response = await fetch(`${agent.url}/status`);
  expect(await response.json()).toMatchObject({ lanes: { logs: { waiting: 1 } } });
});

it("goes to the next port where one is taken", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  expect(await nextFreePort(port)).toBeGreaterThan(port);
  await new Promise((resolve) => server.close(resolve));
  expect(await nextFreePort(port)).toBe(port);
});
