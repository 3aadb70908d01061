import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { freePort, isPortFree, keptPorts } from "./ports.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryHome();
});
afterEach(() => rm(folder, { recursive: true }));

async function occupy(port: number) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

it("chooses a port below those of outgoing connections", async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_768);
});

it("knows a port that is taken", async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  await using _ = await occupy(port);
  expect(await isPortFree(port)).toBe(false);
});

it("keeps the ports from start to start", async () => {
  const file = join(folder, "ports.json");
  const first = await keptPorts(file, ["amqp", "epmd"]);
  expect(first.amqp).not.toBe(first.epmd);
  expect(await keptPorts(file, ["amqp", "epmd"])).toEqual(first);
});

it("chooses anew only the one that somebody took meanwhile", async () => {
  const file = join(folder, "ports.json");
  const first = await keptPorts(file, ["amqp", "epmd"]);
  await using _ = await occupy(first.amqp);
  const second = await keptPorts(file, ["amqp", "epmd"]);
  expect(second.amqp).not.toBe(first.amqp);
  expect(second.epmd).toBe(first.epmd);
});

it("takes a port that is asked for as it is", async () => {
  const wanted = await freePort();
  expect(await keptPorts(join(folder, "ports.json"), ["amqp"], { amqp: wanted })).toEqual({ amqp: wanted });
});
