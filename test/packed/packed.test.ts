import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../apps/local/services/run-command.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { leanFolder, useAgent } from "./edge-agent.ts";
import { EVENTS, type Example, STATUSES, startExample, useExample } from "./model-registry.ts";
import { nodesOfThisMachine } from "./nodes.ts";
import { install, type Packed, pack } from "./pack.ts";

const root = join(import.meta.dirname, "../..");
const nodes = nodesOfThisMachine();

let platform: Platform;
let packed: Packed;
let folder: string;
const examples: Example[] = [];

beforeAll(async () => {
  [platform, packed] = await Promise.all([startPlatform(), pack()]);
  folder = await install(packed.tarball, join(root, "docs/examples/model-registry"));
  for (const file of ["application.js", "application-types.js"]) {
    await cp(join(import.meta.dirname, file), join(folder, file));
  }
}, 240_000);

afterAll(async () => {
  for (const example of examples) example.kill();
  await platform.stop();
  await packed.discard();
  await rm(folder, { recursive: true, force: true });
});

describe.each(nodes)("the installed package under Node.js $version", ({ path }) => {
  const run = (...args: string[]) => {
    const { url: TELEMETRY_URL, apiKey: TELEMETRY_API_KEY, amqpUrl: RABBITMQ_URL } = platform;
    const env = { PATH: process.env.PATH, TELEMETRY_URL, TELEMETRY_API_KEY, RABBITMQ_URL };
    return runCommand(path, args, { cwd: folder, env });
  };
  const telemetry = (...args: string[]) => run("node_modules/telemetry-bus/dist/bin/telemetry.js", ...args);

  it("publishes with confirms and measures requests by their hook", async () => {
    const said = JSON.parse(await run("application.js"));
    expect(said).toEqual({
      confirmed: 2,
      refused: expect.stringContaining("data.model_id: required"),
      fastify: "function",
    });
  });

  it("has the command line, which speaks to a platform", async () => {
    expect(await telemetry("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await telemetry("keys", "list")).toContain("key_admin");
    await telemetry("publish", "model.updated", "--data", '{"model_id": "m"}');
  });
});

describe("the edge agent from the installed package", () => {
  let lean: string;

  beforeAll(async () => {
    lean = await leanFolder(folder);
  });
  afterAll(() => rm(lean, { recursive: true, force: true }));

  it.each(nodes)("needs nothing that only the platform needs, under Node.js $version", async ({ path }) => {
    expect(await useAgent(path, lean, platform)).toEqual({ status: 202, code: 0 });
  });
});

it("has declarations that a strict compiler takes", async () => {
  const tsc = join(root, "node_modules/.bin/tsc");
  const types = join(root, "node_modules/@types");
  const strict = [
    "--strict",
    "--noEmit",
    "--allowJs",
    "--checkJs",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--typeRoots",
    types,
  ];
  await runCommand(tsc, [...strict, "--types", "node", "application-types.js"], { cwd: folder });
});

it("holds what runs and nothing else: no tests, no sources, no stacks but the table of environments", async () => {
  const files = await readdir(join(folder, "node_modules/telemetry-bus"), { recursive: true });
  expect(
    files.filter((file) =>
      /\.(test|contract)\.|^dist\/(lib\/(?!environments\.)|(test|bench|scripts)\/)/.test(file),
    ),
  ).toEqual([]);
  expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
});

interface Report {
  events: { by_type: Record<string, number> };
  models: { registered: { total: number; by_vendor: Record<string, number> } };
  queries: { by_endpoint: Record<string, number> };
  latency: { by_endpoint: Record<string, unknown> };
  cache: { hits: number };
}

describe("the example of a model registry", () => {
  let own: Platform;

  beforeAll(async () => {
    own = await startPlatform();
  });
  afterAll(() => own.stop());

  const report = () => own.get<Report>("/metrics").then(({ body }) => body);

  it("publishes all six event types, and api.latency, and the platform counts each of them [BUS-04, BUS-07]", async () => {
    for (const { path: node } of nodes) {
      const example = await startExample({ node, folder, amqpUrl: own.amqpUrl });
      examples.push(example);
      expect(await useExample(example.url)).toEqual(STATUSES);
      expect(await example.stop()).toBe(0);
    }
    const times = nodes.length;
    const due = Object.fromEntries(Object.entries(EVENTS).map(([type, count]) => [type, count * times]));
    await vi.waitFor(async () => expect((await report()).events.by_type).toEqual(due), { timeout: 20_000 });
    const { models, queries, latency, cache } = await report();
    const vendors = { openai: times, anthropic: times };
    expect(models.registered).toMatchObject({ total: 2 * times, by_vendor: vendors });
    expect(queries.by_endpoint).toMatchObject({ "/models/:id": 2 * times });
    const endpoints = ["/filters", "/models", "/models/:id", "/models/:id/card"];
    expect(Object.keys(latency.by_endpoint).sort()).toEqual(endpoints);
    expect(cache).toMatchObject({ hits: times });
  });
});
