import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { startTelemetry, telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";
import { edgeConfig, startEdge } from "./agent.ts";

let platform: Platform;
let home: string;
let file: string;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(() => platform.stop());

beforeEach(async () => {
  home = await temporaryHome();
  file = join(home, "edge.yaml");
});

afterEach(() => rm(home, { recursive: true, force: true }));

const buffer = () => join(home, "buffer");
const write = (given: Partial<Parameters<typeof edgeConfig>[0]> = {}) =>
  writeFile(file, edgeConfig({ url: platform.url, apiKey: platform.apiKey, ...given }, buffer()));
const check = () => telemetry(["edge", "check", "--config", file]);

it("runs until SIGTERM, and says where it listens", async () => {
  await write();
  const agent = startTelemetry(["edge", "--config", file]);
  await agent.wrote('"listens":"http://127.0.0.1:');
  const { listens } = JSON.parse(agent.out.split("\n")[0] ?? "") as { listens: string };
  expect((await fetch(`${listens}/healthcheck`)).status).toBe(200);
  agent.signal("SIGTERM");
  expect(await agent.ended).toBe(0);
  expect(agent.out).toContain('"message":"stopped"');
});

it("checks everything and finds nothing wrong", async () => {
  await write();
  const { code, out } = await check();
  expect(out.match(/^. \w+/gm)).toEqual(["✓ configuration", "✓ buffer", "✓ platform", "✓ key", "✓ clock"]);
  expect(code).toBe(0);
});

it("names what is wrong in the configuration", async () => {
  await writeFile(file, "buffer: { dir: /nowhere, max_sice: 3 }");
  const { code, err } = await check();
  expect([code, err]).toEqual([1, expect.stringContaining("buffer.max_sice: unknown field")]);
  expect((await telemetry(["edge", "--config", join(home, "missing.yaml")])).err).toContain("ENOENT");
});

it("says what to do about a key that may not send, and about a platform that is not there", async () => {
  await write({ apiKey: "key_unknown.0123456789" });
  expect(await check()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/✗ key: answered 401.*\n.*telemetry keys create/),
  });
  await write({ url: "http://127.0.0.1:1" });
  expect(await check()).toMatchObject({
    code: 1,
    out: expect.stringContaining("✗ platform: http://127.0.0.1:1: "),
  });
  await write({ url: `${platform.url}/docs` });
  expect(await check()).toMatchObject({ code: 1, out: expect.stringContaining("✗ ") });
});

it("reads what waits, and finds what the disk has lost", async () => {
  const away = await startEdge({ url: "http://127.0.0.1:1", directory: buffer() });
  for (let i = 0; i < 20; i++) await away.post("/v1/logs", { service: "s", message: `entry ${i}` });
  await write();
  expect((await check()).out).toContain("– buffer: ");
  await away.stop();
  expect((await check()).out).toContain("✓ buffer");

  const [segment = ""] = (await readdir(join(buffer(), "logs"))).filter((name) => name.endsWith(".segment"));
  const path = join(buffer(), "logs", segment);
  const data = await readFile(path);
  data.write("ENTRY", data.indexOf("entry 10"));
  await writeFile(path, data);
  const { code, out } = await check();
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/✗ buffer: .* 19 entries wait, .* 1 are damaged and lost/),
  ]);
});
