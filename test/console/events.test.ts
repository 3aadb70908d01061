import { describe, expect, it } from "vitest";
import { scaleOf } from "../../apps/console/views/events/hops.ts";
import { type Chain, rowsOf } from "../../apps/console/views/events/tree.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts } from "./hostile.ts";

const underTest = consoleUnderTest();

interface Sent {
  id: string;
  type?: string;
  [attribute: string]: unknown;
}

let second = 0;

/** Each a second after the one before. */
async function publish(...events: Sent[]): Promise<void> {
  const headers = { "content-type": "application/cloudevents-batch+json" };
  const begin = Date.now() - 600_000;
  const batch = events.map((event) => ({
    ...{ specversion: "1.0", source: "/shop", type: "order.item.placed", data: {} },
    time: new Date(begin + second++ * 1_000).toISOString(),
    ...event,
  }));
  const answer = await underTest.platform.post("/api/v1/events", batch, { headers });
  expect(answer.status).toBe(202);
}

const archived = (correlationId: string, count: number) =>
  expect
    .poll(
      async () => {
        const path = `/api/v1/events?correlation_id=${encodeURIComponent(correlationId)}`;
        return (await underTest.platform.get<{ count: number }>(path)).body.count;
      },
      { timeout: 20_000 },
    )
    .toBe(count);

describe("the archive", () => {
  it("is searched by type, source and correlation id, and leads to an event and from it to its chain", async () => {
    await publish(
      { id: "order", correlation_id: "walk", data: { item: "lamp" } },
      { id: "paid", type: "order.item.paid", correlation_id: "walk", parentids: "order" },
      { id: "packed", type: "order.item.packed", correlation_id: "walk", parentids: "paid" },
      { id: "billed", type: "order.item.billed", correlation_id: "walk", parentids: "paid" },
      {
        id: "sent",
        type: "order.item.sent",
        source: "/post",
        correlation_id: "walk",
        parentids: "/shop#packed,/shop#billed",
      },
    );
    await archived("walk", 5);
    const page = await underTest.open({ path: "/events", expectedComplaints: /status of 400/ });
    await page.getByText("5 events").waitFor();
    await page.getByLabel("Type").fill("order.item.p*");
    await page.getByText("expected a type, or its first words and .*", { exact: true }).waitFor();
    await page.getByLabel("Type").fill("order.item.*");
    await page.getByLabel("Source").fill("/post");
    await page.getByText("1 event", { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get("source")).toBe("/post");
    await page.getByRole("link", { name: "order.item.sent" }).click();

    const chain = page.getByRole("region", { name: "Causes above, effects below" });
    await chain.getByText("this one").waitFor();
    const types = await chain.getByRole("listitem").getByRole("link").allTextContents();
    expect(types).toEqual([
      "order.item.placed",
      "order.item.paid",
      "order.item.packed",
      "order.item.billed",
      "order.item.sent",
    ]);
    const sent = chain.getByRole("listitem").filter({ hasText: "this one" });
    expect(await sent.textContent()).toMatch(/\+1 s.*also after \/shop#packed/);
    await chain.getByRole("link", { name: "order.item.paid" }).click();
    await page.getByText("1 cause, 3 effects").waitFor();
    await screenshots(page, "event");
    await chain.getByRole("button", { name: "2 effects" }).click();
    expect(await chain.getByRole("listitem").count()).toBe(2);
  }, 60_000);

  it("names a parent that it does not have", async () => {
    await publish({ id: "orphan", correlation_id: "orphans", parentids: "/elsewhere#gone" });
    await archived("orphans", 1);
    const page = await underTest.open({ path: "/events/event?source=/shop&id=orphan" });
    const chain = page.getByRole("region", { name: "Causes above, effects below" });
    expect(await chain.getByText("not in the archive").textContent()).toBeTruthy();
    await chain.getByText("/elsewhere#gone").waitFor();
  });
});

describe("long and broad chains", () => {
  it("stay narrow and short enough to be read", async () => {
    const deep = Array.from(
      { length: 40 },
      (_, i): Sent => ({
        id: `deep-${i}`,
        correlation_id: "deep",
        ...(i > 0 && { parentids: `deep-${i - 1}` }),
      }),
    );
    const broad = Array.from(
      { length: 60 },
      (_, i): Sent => ({
        id: `broad-${i}`,
        correlation_id: "deep",
        parentids: "deep-39",
      }),
    );
    await publish(...deep, ...broad);
    await archived("deep", 100);
    const page = await underTest.open({ path: "/events/event?source=/shop&id=deep-20" });
    await page.getByText("20 causes, 79 effects").waitFor();
    const chain = page.getByRole("region", { name: "Causes above, effects below" });
    expect(await chain.getByRole("listitem").count()).toBe(40 + 25);
    await screenshots(page, "chain");
    await chain.getByRole("button", { name: "Show 35 more" }).click();
    expect(await chain.getByRole("listitem").count()).toBe(100);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1_280);
  }, 60_000);
});

describe("a trace", () => {
  it("tells what happened under a correlation id: published, archived, audited, failed, logged", async () => {
    const { platform } = underTest;
    await publish(
      { id: "m-1", type: "model.registered", correlation_id: "story", data: { model_id: "m", vendor: "v" } },
      {
        id: "m-2",
        type: "model.updated",
        correlation_id: "story",
        parentids: "m-1",
        data: { model_id: "m" },
      },
    );
    await platform.post("/api/v1/logs", [
      {
        service: "trainer",
        level: "error",
        message: "<b>could not load</b> the weights",
        correlation_id: "story",
      },
    ]);
    await archived("story", 2);
    const page = await underTest.open({ path: "/events" });
    await page.getByLabel("Correlation id to trace").fill("story");
    await page.getByRole("button", { name: "Trace" }).click();
    const steps = page.getByRole("region", { name: "Steps in their order" });
    for (const what of ["published", "archived", "audited", "logged"]) {
      await steps.getByText(what, { exact: true }).first().waitFor({ timeout: 30_000 });
    }
    await steps.getByText("<b>could not load</b> the weights").waitFor();
    await screenshots(page, "trace");
    await expectAccessible(page);
    await page.getByLabel("Shorten long pauses").uncheck();
    expect(new URL(page.url()).searchParams.get("pauses")).toBe("whole");
    await steps.getByRole("link", { name: "model.updated" }).first().click();
    await page.getByText("1 cause, 0 effects").waitFor();
  }, 60_000);

  it("says so when nothing is known", async () => {
    const page = await underTest.open({ path: "/events/trace?correlation_id=nobody" });
    await page.getByText("Nothing is known of it").waitFor();
  });
});

it("shows hostile payloads, sources and ids as text", async () => {
  await publish(
    ...hostileTexts.map(
      (text, i): Sent => ({
        id: `h-${i} ${text}`.slice(0, 200),
        correlation_id: "hostile",
        data: { [text]: text },
        subject: text.slice(0, 200),
      }),
    ),
  );
  await archived("hostile", hostileTexts.length);
  const page = await underTest.open({ path: "/events?correlation_id=hostile" });
  await page.getByText(`${hostileTexts.length} events`).waitFor();
  for (let i = 0; i < hostileTexts.length; i++) {
    await page
      .getByRole("table")
      .getByRole("row")
      .nth(i + 1)
      .getByRole("link")
      .first()
      .click();
    await page.getByRole("heading", { name: "Content" }).waitFor();
    expect(await page.title()).toBe("Event · telemetry-bus");
    expect(await page.locator("main :is(img, script, iframe)").count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1_280);
    await page.goBack();
    await page.getByText(`${hostileTexts.length} events`).waitFor();
  }
}, 60_000);

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    await publish({ id: `axe-${colorScheme}`, correlation_id: colorScheme });
    await archived(colorScheme, 1);
    const page = await underTest.open({ colorScheme, path: `/events?correlation_id=${colorScheme}` });
    await page.getByText("1 event", { exact: true }).waitFor();
    await screenshots(page, "events");
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await page.getByRole("link", { name: "order.item.placed" }).click();
    await page.getByText("It names no cause").waitFor();
    await expectAccessible(page);
  },
);

describe("a chain as lines", () => {
  const event = (id: string, seconds: number, ...parents: string[]): Chain["events"][number] => ({
    event: { id, source: "/s", type: "t", time: new Date(seconds * 1_000).toISOString() },
    archived_at: "2026-01-01T00:00:00Z",
    depth: 0,
    parents: parents.map((parent) => `/s#${parent}`),
  });
  const chainOf = (...events: Chain["events"]): Chain => ({
    event: { source: "/s", id: "a" },
    ...{ events, missing: [], count: events.length, truncated: false },
  });
  const unfolded = { closed: new Set<string>(), whole: new Set<string>(), most: 100 };

  it("has an only effect in the lane of its cause, and several a lane further right", () => {
    const rows = rowsOf(
      chainOf(event("a", 0), event("b", 1, "a"), event("c", 3, "b"), event("d", 4, "b"), event("e", 9, "c")),
      unfolded,
    );
    expect(rows.map(({ name, lane, passing, delayMs }) => [name, lane, passing, delayMs])).toEqual([
      ["/s#a", 0, [], undefined],
      ["/s#b", 0, [], 1_000],
      ["/s#c", 1, [0], 2_000],
      ["/s#e", 1, [0], 6_000],
      ["/s#d", 1, [], 3_000],
    ]);
  });

  it("draws each event once, also those that follow from each other", () => {
    const rows = rowsOf(chainOf(event("a", 0, "b"), event("b", 1, "a"), event("c", 2, "a", "b")), unfolded);
    expect(rows.map(({ name }) => name).sort()).toEqual(["/s#a", "/s#b", "/s#c"]);
  });
});

it("leaves no pause more room than a few usual ones, when it is to", () => {
  const place = scaleOf([0, 10, 20, 30, 1_000_000], true);
  expect(place(30)).toBeCloseTo(30 / 110);
  expect(place(1_000_000)).toBe(1);
  expect(scaleOf([0, 10, 1_000], false)(10)).toBe(0.01);
  expect(scaleOf([5], true)(5)).toBe(0);
});
