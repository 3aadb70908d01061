import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { type Platform, startPlatform } from "../platform.ts";

const run = promisify(execFile);
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({ consume: false });
});

afterAll(async () => {
  await platform.stop();
});

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
}

interface Described {
  operationId: string;
  responses: object;
  requestBody?: { content: Record<string, { example?: unknown }> };
}

const openApi = async () => (await platform.get<Document>("/openapi.json", { key: null })).body;

it("describes every route of the manifest and no other, each with its answers", async () => {
  const { openapi, paths } = await openApi();
  expect(openapi).toBe("3.1.0");
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
    ),
  );
  const routes = manifest
    .flatMap(routesOf)
    .map(({ method, path, operation }) => `${method} ${path} ${operation}`);
  expect(described.sort()).toEqual(routes.sort());
});

it("has examples that are taken as they stand, at the time at which they are read", async () => {
  const { paths } = await openApi();
  const tried: Record<string, number> = {};
  for (const [path, methods] of Object.entries(paths)) {
    const example = methods.post?.requestBody?.content?.["application/json"]?.example;
    const stranger = path.replace("{device_id}", "device_001");
    // What is about something that there is not yet has no example to try.
    if (example === undefined || stranger.includes("{")) continue;
    tried[path] = (await platform.post(stranger, example)).status;
  }
  expect(Object.keys(tried).length).toBeGreaterThan(10);
  expect(Object.entries(tried).filter(([, status]) => status >= 300)).toEqual([]);
});

it("is clean for redocly", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openapi-"));
  const file = join(folder, "openapi.json");
  await writeFile(file, JSON.stringify(await openApi()));
  const redocly = join(
    dirname(createRequire(import.meta.url).resolve("@redocly/cli/package.json")),
    "bin/cli.js",
  );
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const args = [redocly, "lint", "--format=json", "--config=redocly.yaml", file];
  const { stdout } = await run(process.execPath, args, { env }).catch((error: { stdout: string }) => error);
  expect(JSON.parse(stdout).totals).toMatchObject({ errors: 0, warnings: 0 });
  await rm(folder, { recursive: true });
});

it("serves the AsyncAPI document of the bus beside it, to anybody [BUS-04]", async () => {
  const { status, body } = await platform.get<{ asyncapi: string }>("/asyncapi.json", { key: null });
  expect([status, body.asyncapi]).toEqual([200, "3.0.0"]);
});

it("has a page to read it that needs nothing from elsewhere", async () => {
  const page = await platform.get<string>("/docs", { key: null });
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
  expect(page.body).not.toMatch(/https?:\/\//);
  const script = await platform.get<string>("/docs/rapidoc-min.js", { key: null });
  expect(script.headers.get("content-type")).toContain("javascript");
  expect(script.body.length).toBeGreaterThan(500_000);
  expect((await platform.get("/docs/other.js", { key: null })).status).toBe(404);
});
