import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { at } from "../points.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";
import { pastEveryDoor } from "./past-every-door.ts";

const underTest = consoleUnderTest();

const publish = pastEveryDoor(() => underTest.platform.amqpUrl);

/** Each test's own, by which it finds what it sent. */
let correlationId: string;

beforeEach(() => {
  correlationId = crypto.randomUUID();
});

const DAY = 86_400_000;

/** Of last week: the inbox cannot tell whether it was counted before. Replayed, it can be. */
const tooOld = (id: string, given: object = {}) => ({
  ...{ specversion: "1.0", id, source: "/test", type: "filter.executed" },
  ...{ time: at(Date.now() - 7 * DAY), correlation_id: correlationId, data: {} },
  ...given,
});

/** Straight to a queue. */
const put = (queue: string, body: string | object, headers: object = {}) =>
  publish(messageTo(queue, body, headers));

const messageTo = (queue: string, body: string | object, headers: object = {}) => ({
  ...{ exchange: "retry.return", key: queue, correlationId, headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

interface Letter {
  id: string;
  state: string;
  event_id: string | null;
  note: string | null;
}

const letters = async (): Promise<Letter[]> => {
  const path = `/api/v1/dead-letters?correlation_id=${correlationId}`;
  return (await underTest.platform.get<{ dead_letters: Letter[] }>(path)).body.dead_letters;
};

const dead = (count: number) => expect.poll(letters, { timeout: 15_000 }).toHaveLength(count);

/** Counted over all time, since these are old. */
const everCounted = async (): Promise<number> => {
  const range = `start_time=${at(Date.now() - 30 * DAY)}&end_time=${at(Date.now() + DAY)}`;
  return (await underTest.platform.get<{ events: { total: number } }>(`/metrics?${range}`)).body.events.total;
};

const listOf = (more = "") => `/dead-letters?correlation_id=${correlationId}${more}`;

const dialog = (page: Page) => page.getByRole("dialog");

describe("a dead letter", () => {
  it("is shown with its event, attempts and stack, replayed after a dry run, and counted then", async () => {
    const before = await everCounted();
    const attempts = [{ at: "2026-07-07T12:00:00Z", error: "TransientError", message: "not yet" }];
    const headers = { "x-attempt": 1, "x-attempts": JSON.stringify(attempts) };
    await put("metrics.updates", tooOld(correlationId, { data: { model: "x-7" } }), headers);
    await dead(1);

    const page = await underTest.open({ path: listOf() });
    await page.getByRole("link", { name: "filter.executed" }).click();
    await page.getByRole("region", { name: "Attempts" }).first().getByText("not yet").waitFor();
    await page
      .getByText(/at .*\.ts:\d+/)
      .first()
      .waitFor();
    await page.getByText('"x-7"').waitFor();
    await screenshots(page, "dead-letter");

    await page.getByRole("button", { name: "Replay …" }).click();
    await dialog(page).getByText("This would send 1 back to the queue it failed in").waitFor();
    await dialog(page).getByText("metrics.updates").waitFor();
    expect(await everCounted()).toBe(before);
    await dialog(page).getByRole("button", { name: "Replay 1" }).click();
    await dialog(page).getByText("1 replayed").waitFor();
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    await expect.poll(everCounted, { timeout: 15_000 }).toBe(before + 1);

    await page.getByRole("link", { name: "Dead letters", exact: true }).last().click();
    await page.goto(listOf());
    await page.getByText("Nothing is dead here.").waitFor();
    await page.getByLabel("State").selectOption("replayed");
    await page.getByRole("link", { name: "filter.executed" }).waitFor();
  });

  it("is discarded with a note, among those that were selected, and the others stay", async () => {
    for (const id of ["a", "b", "c"]) await put("metrics.updates", tooOld(`${correlationId} ${id}`));
    await dead(3);
    const page = await underTest.open({ path: listOf() });
    const boxes = page.getByRole("checkbox", { name: /^Select filter.executed/ });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole("button", { name: "Discard selected …" }).click();
    const discard = dialog(page).getByRole("button", { name: "Discard", exact: true });
    expect(await discard.isDisabled()).toBe(true);
    await dialog(page).getByLabel("Why").fill("sent by a test <b>of ours</b>");
    await discard.click();
    await page.getByText("2 discarded").waitFor();
    await page.getByText("1 dead").waitFor();
    const states = (await letters()).map(({ state }) => state).sort();
    expect(states).toEqual(["dead", "discarded", "discarded"]);
    await page.getByLabel("State").selectOption("discarded");
    await page.getByText("Note: sent by a test <b>of ours</b>").first().waitFor();
  });

  it("is not discarded any more once that was called off, and what was discarded until then is said", async () => {
    for (const id of ["a", "b", "c"]) await put("metrics.updates", tooOld(`${correlationId} ${id}`));
    await dead(3);
    const page = await underTest.open({ path: listOf() });
    await page.getByRole("button", { name: "Select this page" }).click();
    await page.getByRole("button", { name: "Discard selected …" }).click();
    await dialog(page).getByLabel("Why").fill("no longer wanted");
    // The second is held until Cancel was pressed.
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    let calls = 0;
    await page.route(/\/dead-letters\/[^/?]+\?note=/, async (route) => {
      if (++calls === 2) {
        asked.resolve();
        await held.promise;
      }
      await route.continue();
    });
    await dialog(page).getByRole("button", { name: "Discard", exact: true }).click();
    await asked.promise;
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    held.resolve();
    await page.getByText("2 of 3 discarded").waitFor();
    await page.getByText("1 dead").waitFor();
    expect((await letters()).map(({ state }) => state).sort()).toEqual(["dead", "discarded", "discarded"]);
  });
});

describe("many dead letters", () => {
  it("are replayed by their filter, stopped, and taken up again after the page was loaded anew, without what died since", async () => {
    const before = await everCounted();
    const many = 600;
    const all = Array.from({ length: many }, (_, i) => tooOld(`${correlationId} ${i}`));
    await publish(...all.map((event) => messageTo("metrics.updates", event)));
    const count = async () => {
      const path = `/api/v1/dead-letters?correlation_id=${correlationId}&state=dead&limit=1`;
      return (await underTest.platform.get<{ count: number }>(path)).body.count;
    };
    await expect.poll(count, { timeout: 60_000 }).toBe(many);

    const page = await underTest.open({ path: listOf("&range=24h") });
    await page.getByText(`${many} dead`).waitFor();
    await screenshots(page, "dead-letters");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText(`51–100 of ${many}`).waitFor();

    // The second call is held until the replay was stopped: so it is stopped on the way, whatever the machine.
    let calls = 0;
    const held = Promise.withResolvers<void>();
    await page.route("**/api/v1/dead-letters/replay", async (route) => {
      const { dry_run } = route.request().postDataJSON() as { dry_run?: boolean };
      if (!dry_run && ++calls === 2) await held.promise;
      await route.continue();
    });
    await page.getByRole("button", { name: "Replay all that match …" }).click();
    await dialog(page).getByText(`This would send ${many} back`).waitFor();
    await screenshots(page, "replay");
    await dialog(page)
      .getByRole("button", { name: `Replay ${many}` })
      .click();
    await dialog(page).getByText("250 replayed").waitFor();
    await dialog(page).getByRole("button", { name: "Stop" }).click();
    held.resolve();
    await dialog(page).getByText("Stopped.").waitFor();
    await page.unroute("**/api/v1/dead-letters/replay");
    await put("metrics.updates", tooOld(`${correlationId} since`));
    await expect.poll(count, { timeout: 15_000 }).toBe(101);
    await dialog(page).getByRole("button", { name: "Go on …" }).click();
    await dialog(page).getByText("This would send 100 back").waitFor();

    const replaying = new URL(page.url()).searchParams;
    expect([replaying.get("replay"), replaying.get("range")]).toEqual(["matching", "between"]);
    await page.reload();
    await dialog(page).getByText("Go on with a replay").waitFor();
    await dialog(page).getByRole("button", { name: "Replay 100" }).click();
    await dialog(page).getByText("Done.").waitFor();
    await expect.poll(everCounted, { timeout: 30_000 }).toBe(before + many);
    expect(await count()).toBe(1);
  }, 120_000);
});

describe("what others wrote", () => {
  it("appears as text in the list, the error, the event and the body", async () => {
    for (const [i, text] of hostileTexts.entries()) {
      const event = tooOld(`${correlationId} ${i} ${text}`, {
        data: { [text]: text },
      });
      const attempts = [{ at: "2026-07-07T12:00:00Z", error: text, message: text }];
      await put("metrics.updates", event, { "x-attempt": 1, "x-attempts": JSON.stringify(attempts) });
    }
    await put("metrics.updates", `{"broken": ${hostileTexts[0]}`);
    await dead(hostileTexts.length + 1);
    const page = await underTest.open({ path: listOf() });
    await page.getByText(`${hostileTexts.length + 1} dead`).waitFor();
    for (const { id, event_id } of await letters()) {
      await page.goto(`/dead-letters/${id}`);
      await page.getByRole("heading", { name: "Event" }).waitFor();
      if (event_id !== null)
        await page.getByRole("definition").getByText(shown(event_id), { exact: true }).waitFor();
      expect(await page.title()).toBe("Dead letter · telemetry-bus");
      expect(await page.locator("main :is(img, script, iframe)").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(1_280);
    }
  });
});

it("says that a key that may read only may not replay", async () => {
  const { body } = await underTest.platform.post<{ api_key: string }>("/api/v1/keys", {
    name: "reader",
    scopes: ["read"],
  });
  await put("metrics.updates", tooOld(correlationId));
  await dead(1);
  const page = await underTest.open({
    path: listOf(),
    key: body.api_key,
    expectedComplaints: /status of 403/,
  });
  await page.getByRole("button", { name: "Replay all that match …" }).click();
  await dialog(page).getByText("Your credential may not see or do this").waitFor();
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    await put("metrics.updates", tooOld(correlationId));
    await dead(1);
    const page = await underTest.open({ colorScheme, path: listOf() });
    await page.getByRole("link", { name: "filter.executed" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Replay all that match …" }).click();
    await dialog(page).getByText("This would send 1 back").waitFor();
    await expectAccessible(page);
    await page.goto(`/dead-letters/${(await letters())[0]?.id}`);
    await page.getByRole("heading", { name: "Attempts" }).waitFor();
    await expectAccessible(page);
  },
);
