import type { Page, Route } from "playwright-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { chunksOf, type Entry, joined, marked } from "../../apps/console/views/logs/entries.ts";
import { neighboursOf } from "../../apps/console/views/logs/neighbours.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";

const underTest = consoleUnderTest();

interface Sent {
  timestamp?: string;
  service: string;
  level?: string;
  message: string;
  [attribute: string]: unknown;
}

const begin = Date.now() - 3_600_000;

async function write(entries: Sent[]): Promise<void> {
  const answer = await underTest.platform.post("/api/v1/logs", entries);
  expect(answer.status).toBeLessThan(300);
}

const stored = (query: string, count: number) =>
  vi.waitFor(
    async () => {
      const { body } = await underTest.platform.get<{ count: number }>(`/api/v1/logs?${query}`);
      expect(body.count).toBe(count);
    },
    { timeout: 30_000, interval: 100 },
  );

const levels = ["debug", "info", "info", "info", "warn", "error"];

beforeAll(async () => {
  const lines = Array.from(
    { length: 1_500 },
    (_, i): Sent => ({
      timestamp: new Date(begin + i * 1_000).toISOString(),
      service: i % 3 === 0 ? "checkout" : "cart",
      level: levels[i % levels.length] ?? "info",
      message:
        i === 700
          ? "the needle was lost in the haystack"
          : `line ${i}: GET /items/${i % 17} took ${(i * 7) % 90} ms`,
      ...(i % 5 === 0 && { correlation_id: `request-${i}` }),
      ...(i === 700 && {
        stack: "Error: lost\n    at search (haystack.ts:1:1)",
        attributes: {},
        depth: { metres: 3 },
      }),
    }),
  );
  await write(lines);
  await stored("service=checkout", 500);
  await stored("service=cart", 1_000);
}, 60_000);

const lines = (page: Page) => page.locator(".log-line");

describe("the search", () => {
  it("finds a line by words, level and service, marks them, and opens it", async () => {
    const page = await underTest.open({ path: "/logs" });
    await page.getByText("1,500 entries").waitFor();
    await screenshots(page, "logs");
    await page.getByLabel("Words").fill("Needle haystack");
    await page.getByText("1 entry", { exact: true }).waitFor();
    expect(await page.locator("mark").allTextContents()).toEqual(["needle", "haystack"]);
    await lines(page).getByRole("button").first().click();
    await page.getByText("at search (haystack.ts:1:1)").waitFor();
    await page.getByText("metres:").waitFor();
    expect(await page.getByRole("link", { name: "Trace" }).getAttribute("href")).toBe(
      "/events/trace?correlation_id=request-700",
    );
    await screenshots(page, "log-entry");
    await expectAccessible(page);

    await page.getByRole("link", { name: "Lines around it" }).click();
    await page.getByText("Lines around").first().waitFor();
    await page.locator(".log-line.selected").getByText("the needle was lost").waitFor();
    expect(await lines(page).count()).toBe(51);
    expect(await lines(page).nth(25).getAttribute("class")).toContain("selected");
    const services = new Set(await page.locator(".log-service").allTextContents());
    expect([...services]).toEqual(["cart"]);
    await screenshots(page, "lines-around");
    await page.getByLabel("Only of cart").uncheck();
    await expect.poll(async () => new Set(await page.locator(".log-service").allTextContents()).size).toBe(2);
    await page.getByRole("link", { name: "Back to the search" }).click();
    await page.getByText("1 entry", { exact: true }).waitFor();
  }, 60_000);

  it("loads more, each line once and newest first, and filters by level and above", async () => {
    const page = await underTest.open({ path: "/logs?service=cart" });
    await page.getByText("1,000 entries").waitFor();
    expect(await lines(page).count()).toBe(200);
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText("That is all in this time.").waitFor();
    expect(await lines(page).count()).toBe(1_000);
    const times = await page
      .locator(".log-line time")
      .evaluateAll((all) => all.map((each) => each.getAttribute("datetime")));
    expect(times).toEqual(times.toSorted().reverse());
    await page.getByLabel("Level").selectOption("warn");
    await page.getByText("500 entries").waitFor();
    await page.getByLabel("Wrap lines").uncheck();
    expect(new URL(page.url()).searchParams.get("wrap")).toBe("no");
  });

  it("says so when nothing matches", async () => {
    const page = await underTest.open({ path: "/logs?q=no-such-word-anywhere" });
    await page.getByText("No entry matches in this time.").waitFor();
  });
});

describe("the live tail", () => {
  it("shows lines as they come, holds still while one reads, and goes on", async () => {
    const page = await underTest.open({ path: "/logs?service=live" });
    await page.getByRole("button", { name: "Live tail" }).click();
    await page.getByText("Waiting for entries").waitFor();
    await write([{ service: "live", message: "the first" }]);
    await page.getByText("the first").waitFor();
    await page.getByText("following").waitFor();

    await page.getByRole("region", { name: "Live entries" }).hover();
    await page.getByText("paused, 0 waiting").waitFor();
    await write([{ service: "live", level: "error", message: "the second" }]);
    await page.getByText("paused, 1 waiting").waitFor();
    expect(await page.getByText("the second").count()).toBe(0);
    await page.getByRole("heading", { name: "Logs" }).hover();
    await page.getByText("the second").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused, 0 waiting").waitFor();
    await page.getByRole("button", { name: "Stop the live tail" }).click();
    await page.getByText("2 entries").waitFor();
  });
});

describe("the live tail, behind", () => {
  const tailing = async (service: string) => {
    const page = await underTest.open({
      path: `/logs?service=${service}&live=yes`,
      expectedComplaints: /ERR_FAILED/,
    });
    await page.getByText("Waiting for entries").waitFor();
    return page;
  };

  /** The next question waits; it goes on with what is returned. */
  const held = async (page: Page) => {
    const asked = Promise.withResolvers<Route>();
    await page.route("**/api/v1/logs?*", (route) => asked.resolve(route), { times: 1 });
    return asked.promise;
  };

  it("shows all that came between two of its questions, however many", async () => {
    const page = await tailing("burst");
    const question = await held(page);
    await write(Array.from({ length: 1_200 }, (_, i) => ({ service: "burst", message: `line ${i}` })));
    await stored("service=burst", 1_200);
    await question.continue();
    await page.getByText("1,200 of the last 2,000").waitFor();
  });

  it("shows what came while it could not ask, or nobody looked, for more than a minute", async () => {
    const page = await underTest.open({ path: "/logs", expectedComplaints: /ERR_FAILED/ });
    await page.clock.install({ time: Date.now() - 5 * 60_000 });
    await page.goto("/logs?service=away&live=yes");
    await page.getByText("Waiting for entries").waitFor();
    const question = await held(page);
    const timestamp = new Date(Date.now() - 2 * 60_000).toISOString();
    await write([{ service: "away", message: "while away", timestamp }]);
    await stored("service=away", 1);
    await page.clock.fastForward(5 * 60_000);
    await question.abort();
    await page.clock.fastForward(10_000);
    await page.getByText("while away").waitFor();
  });
});

it("shows hostile messages, services and attributes as text", async () => {
  await write(
    hostileTexts.map((text) => ({
      service: "hostile",
      message: text,
      stack: text,
      [text]: text,
      correlation_id: text.slice(0, 200),
    })),
  );
  await stored("service=hostile", hostileTexts.length);
  const page = await underTest.open({ path: "/logs?service=hostile" });
  await page.getByText(`${hostileTexts.length} entries`).waitFor();
  for (const text of hostileTexts)
    await lines(page)
      .filter({ hasText: shown(text) })
      .first()
      .waitFor();
  for (let i = 0; i < hostileTexts.length; i++) await lines(page).nth(i).locator(".log-head").click();
  await page
    .getByRole("link", { name: "Lines around it" })
    .nth(hostileTexts.length - 1)
    .waitFor();
  expect(await page.title()).toBe("Logs · telemetry-bus");
  expect(await page.locator("main :is(img, script, iframe)").count()).toBe(0);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1_280);
});

it("stays smooth with ten thousand lines", async () => {
  const many = Array.from(
    { length: 9_000 },
    (_, i): Sent => ({
      timestamp: new Date(begin + i).toISOString(),
      service: "busy",
      message: `line ${i} of many, long enough to wrap on a small screen and short enough to be read`,
    }),
  );
  for (let i = 0; i < many.length; i += 3_000) await write(many.slice(i, i + 3_000));
  await stored("service=busy", 9_000);
  const page = await underTest.open({ path: "/logs?service=busy" });
  const more = page.locator(".log-more button");
  const count = () => lines(page).count();
  await expect.poll(count).toBe(200);
  for (let before = 200; before < 9_000; before = await count()) {
    // One that is clicked while lines are under way does nothing.
    const after = async () => {
      if ((await more.isVisible()) && (await more.isEnabled())) await more.click();
      return count();
    };
    await expect.poll(after, { interval: 250 }).toBeGreaterThan(before);
  }
  await page.getByText("That is all in this time.").waitFor();
  expect(await lines(page).count()).toBe(9_000);
  const middle = await page.evaluate<number>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const spans = [];
    for (let i = 0; i < 40; i++) {
      const from = performance.now();
      scrollTo(0, (i * 7919) % 200 * 500);
      await frame();
      await frame();
      spans.push(performance.now() - from);
    }
    return spans.sort((a, b) => a - b)[20];
  })()`);
  // Two frames each, in the middle of the jumps; wide, since the machine may do much else.
  expect(middle).toBeLessThan(1_000);
}, 120_000);

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    const page = await underTest.open({ colorScheme, path: "/logs?q=needle" });
    await page.getByText("1 entry", { exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Live tail" }).click();
    await page.getByText("Waiting for entries").waitFor();
    await expectAccessible(page);
  },
);

const entry = (id: string, ms = 0): Entry => ({
  ...{ id, timestamp: new Date(ms).toISOString(), accepted_at: "", service: "s" },
  ...{ level: "info", message: id, attributes: {} },
});

describe("the lines around one", () => {
  it.each([
    ["few", 5, 60_000],
    ["many", 4_000, 10],
    ["more than can be counted, in the same seconds", 30_000, 1],
  ])("are the nearest ones, where there are %s", async (_, many, apartMs) => {
    const all = Array.from({ length: many }, (_, i) => entry(String(i), i * apartMs)).reverse();
    const middle = Math.floor(many / 2);
    const moment = new Date(middle * apartMs).toISOString();
    const { entries } = await neighboursOf(moment, 2, ({ start_time, end_time, limit, offset }) => {
      const [from, to] = [Date.parse(start_time), Date.parse(end_time)];
      const found = all.filter(
        ({ timestamp }) => Date.parse(timestamp) >= from && Date.parse(timestamp) < to,
      );
      expect(offset).toBeLessThanOrEqual(10_000);
      const count = Math.min(10_000, found.length);
      return Promise.resolve({ entries: found.slice(offset, offset + limit), count });
    });
    expect(entries.map(({ id }) => Number(id) - middle)).toEqual([2, 1, 0, -1, -2]);
  });
});

describe("lists of entries", () => {
  it("have each once, though pages shift while entries arrive", () => {
    const ids = joined([entry("c"), entry("b")], [entry("b"), entry("a")]).map(({ id }) => id);
    expect(ids).toEqual(["c", "b", "a"]);
  });

  it("keep the borders of their chunks while newer ones come", () => {
    const older = ["d", "c", "b", "a"].map((id) => entry(id));
    const sizes = (list: readonly Entry[]) =>
      chunksOf(list, 2).map((chunk) => chunk.map(({ id }) => id).join(""));
    expect(sizes(older)).toEqual(["dc", "ba"]);
    expect(sizes([entry("e"), ...older])).toEqual(["e", "dc", "ba"]);
  });

  it("mark what was searched, whatever its case, and nothing else", () => {
    expect(marked("a Needle, a <b>", "needle b")).toEqual([
      { text: "a ", isHit: false },
      { text: "Needle", isHit: true },
      { text: ", a <", isHit: false },
      { text: "b", isHit: true },
      { text: ">", isHit: false },
    ]);
    expect(marked("a+b", "(")).toEqual([{ text: "a+b", isHit: false }]);
  });
});
