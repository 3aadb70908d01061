import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { RuntimeOptions } from "../../apps/local/runtime.ts";
import { buildConsole } from "../../scripts/console/build-console.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { temporaryHome } from "../temporary-home.ts";
import { findChromium } from "./chromium.ts";

export interface PageOptions {
  /** Where it begins. @default "/" */
  path?: string;
  /** @default the admin key; null leaves it at the sign-in */
  key?: string | null;
  /** @default { width: 1280, height: 800 } */
  viewport?: { width: number; height: number };
  /** @default "light" */
  colorScheme?: "light" | "dark";
  /** What the browser may complain of, because the test brings it about. @default nothing */
  expectedComplaints?: RegExp;
}

/** The console as it is built, on a platform of its own, in a browser. One for each test file. */
interface ConsoleUnderTest {
  platform: Platform;
  /** A page in a context of its own. What it complains of fails `close`. */
  open(options?: PageOptions): Promise<Page>;
  /** Closes the open pages. @throws an expectation: errors in the console, refused by the policy, uncaught */
  closePages(): Promise<void>;
  stop(): Promise<void>;
}

/** The first time a browser may have to be downloaded. */
const STARTS_WITHIN_MS = 400_000;

/** A console for all tests of a file: started before the first, its pages closed after each. */
export function consoleUnderTest(
  options: Partial<RuntimeOptions> = {},
): Pick<ConsoleUnderTest, "open" | "platform"> {
  let started: ConsoleUnderTest | undefined;
  const current = (): ConsoleUnderTest => {
    if (!started) throw new Error("the console is there within tests and hooks only");
    return started;
  };
  beforeAll(async () => {
    started = await startConsole(options);
  }, STARTS_WITHIN_MS);
  afterEach(() => started?.closePages());
  afterAll(() => started?.stop());
  return {
    open: (given) => current().open(given),
    get platform() {
      return current().platform;
    },
  };
}

async function startConsole(options: Partial<RuntimeOptions>): Promise<ConsoleUnderTest> {
  const consoleFolder = await temporaryHome();
  const [, found] = await Promise.all([buildConsole(consoleFolder), findChromium()]);
  const platform = await startPlatform({ consoleFolder, ...options });
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    // Root may not use its sandbox; and /dev/shm is small in containers.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    ...(found.env && { env: { ...process.env, ...found.env } as Record<string, string> }),
  });
  const complaints: string[] = [];
  return {
    platform,
    open: (given = {}) => openPage(browser, platform, given, complaints),
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      expect(complaints.splice(0)).toEqual([]);
    },
    async stop() {
      await browser.close();
      await platform.stop();
      await rm(consoleFolder, { recursive: true });
    },
  };
}

async function openPage(
  browser: Browser,
  platform: Platform,
  { path = "/", key, viewport, colorScheme = "light", expectedComplaints }: PageOptions,
  complaints: string[],
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: platform.url,
    viewport: viewport ?? { width: 1_280, height: 800 },
    colorScheme,
    permissions: ["clipboard-read", "clipboard-write"],
  } satisfies BrowserContextOptions);
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complain = (text: string) => {
    if (!expectedComplaints?.test(text)) complaints.push(text);
  };
  page.on("pageerror", (error) => complain(`uncaught: ${error.stack ?? error.message}`));
  // What the policy refuses comes here too.
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complain(message.text());
  });
  const credential = key === undefined ? platform.apiKey : key;
  await page.goto(credential === null ? path : `${path}#key=${encodeURIComponent(credential)}`);
  return page;
}

const axeScript = join(createRequire(import.meta.url).resolve("axe-core"), "..", "axe.min.js");

/** @throws an expectation naming each serious or critical violation, and where it is */
export async function expectAccessible(page: Page): Promise<void> {
  // By the debugger's protocol: the page's own policy would let in no script.
  await page.evaluate(await readFile(axeScript, "utf8"));
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
    );
  expect(serious).toEqual([]);
}

const shots = process.env.SCREENSHOTS;

/** With SCREENSHOTS=folder: the page as it is, light and dark, wide and narrow. Otherwise nothing. */
export async function screenshots(page: Page, name: string): Promise<void> {
  if (!shots) return;
  const before = page.viewportSize();
  for (const [width, height] of [
    [1_440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150); // Charts are drawn anew; nothing is tested here.
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) await page.setViewportSize(before);
}
