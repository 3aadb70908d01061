import { readdir, readFile, rm } from "node:fs/promises";
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
const MOST_BYTES_OF_ALL = 300 * 1_000;

async function gzipped(files: readonly string[]): Promise<number> {
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  return contents.map((content) => gzipSync(content).length).reduce((sum, each) => sum + each);
}

it("loads at once: what comes before the first view is small", async () => {
  const { firstLoad } = await buildConsole(folder);
  expect(firstLoad.length).toBeGreaterThan(2);
  expect(await gzipped(firstLoad)).toBeLessThan(MOST_BYTES);
});

it("is below 300 kB with every view, so that whichever one comes first to is", async () => {
  const { firstLoad } = await buildConsole(folder);
  const scripts = (await readdir(join(folder, "assets"))).filter((name) => /\.(js|css)$/.test(name));
  expect(scripts.length).toBeGreaterThan(firstLoad.length - 1);
  const bytes = await gzipped(["index.html", ...scripts.map((name) => join("assets", name))]);
  expect(bytes).toBeLessThan(MOST_BYTES_OF_ALL);
});

it("knows the API as it is now: `npm run console:types` writes what is committed", async () => {
  expect(await readFile(API_MODULE, "utf8")).toBe(generateApi());
});
