import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { buildConsole } from "../../scripts/console/build-console.ts";
import { API_MODULE, generateApi } from "../../scripts/console/generate-api.ts";
import { temporaryHome } from "../temporary-home.ts";

const folder = await temporaryHome();
afterAll(() => rm(folder, { recursive: true }));

/** A tenth of a second on a slow line; the frame has a third of it. */
const MOST_BYTES = 80 * 1_024;

it("loads at once: what comes before the first view is small", async () => {
  const { firstLoad } = await buildConsole(folder);
  const files = await Promise.all(firstLoad.map((file) => readFile(join(folder, file))));
  const bytes = files.map((file) => gzipSync(file).length).reduce((sum, each) => sum + each);
  expect(firstLoad.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

it("knows the API as it is now: `npm run console:types` writes what is committed", async () => {
  expect(await readFile(API_MODULE, "utf8")).toBe(generateApi());
});
