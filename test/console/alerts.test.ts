import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { ALERTS, type AlertAnswer, type AlertList, alertsOf, createRule, report } from "../alerts.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";

const underTest = consoleUnderTest();

/** An alert that is open, of a rule and a device of its own. */
async function raised(rule: Record<string, unknown>, device: string, value = 99): Promise<AlertAnswer> {
  const { platform } = underTest;
  const { rule_id, metric_name } = await createRule(platform, rule);
  await report(platform, { device, metric: String(metric_name), values: [20, 21, value] });
  await expect.poll(() => alertsOf(platform, { rule_id }), { timeout: 15_000 }).toHaveLength(1);
  const [alert] = await alertsOf(platform, { rule_id });
  if (!alert) throw new Error("no alert was raised");
  return alert;
}

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

it("lists open alerts live, and shows who acknowledged one with which note", async () => {
  const page = await underTest.open({ path: "/alerts" });
  await page.getByText("No alert is open.").waitFor();
  await raised({ name: "Too hot at the inlet", level: "critical" }, "pump-1");
  await row(page, "Too hot at the inlet").getByText("active", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Acknowledge Too hot at the inlet, pump-1" }).click();
  await page.getByLabel("Note").fill("on my way");
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await row(page, "Too hot at the inlet").getByText("acknowledged", { exact: true }).waitFor();
  await row(page, "on my way").getByText("by key_admin").waitFor();
});

it("shows an alert's moments, chart, rule and history, and resolves it with a note", async () => {
  const { platform } = underTest;
  const alert = await raised({ name: "Bearing", description: "grease it", threshold_value: 90 }, "pump-2");
  const page = await underTest.open({ path: `/alerts/${alert.alert_id}` });
  await page.getByRole("heading", { level: 1, name: "Bearing" }).waitFor();
  await page.locator(".u-wrap").waitFor();
  await page.getByText("threshold 90").waitFor();
  await page.getByText("grease it").waitFor();
  await page.getByRole("heading", { name: "Breaches in this range: 1" }).waitFor();
  const history = page.getByRole("region", { name: "History" });
  const event = history.getByRole("link", { name: "event" }).first();
  await expect
    .poll(async () => (await platform.get(`/api/v1/events/${alert.alert_id}.triggered`)).status, {
      timeout: 15_000,
    })
    .toBe(200);
  await event.click();
  await page.getByRole("heading", { level: 1, name: "Event", exact: true }).waitFor();
  await page.getByText(`${alert.alert_id}.triggered`, { exact: true }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.getByLabel("Note").fill("greased");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await history.getByText("greased").waitFor();
  await history.getByText("by key_admin").waitFor();
  const { body } = await platform.get<AlertAnswer>(`${ALERTS}/${alert.alert_id}`);
  expect(body).toMatchObject({ status: "resolved", resolution_note: "greased" });
  await screenshots(page, "alert");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBe(390);
});

it("acknowledges several at once, and finds them by what the URL says", async () => {
  await raised({ name: "Fan slow" }, "rack-1");
  await raised({ name: "Fan loud" }, "rack-2");
  const page = await underTest.open({ path: "/alerts" });
  await page.getByRole("checkbox", { name: "Select Fan slow, rack-1" }).check();
  await page.getByRole("checkbox", { name: "Select Fan loud, rack-2" }).check();
  await page.getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Acknowledge selected" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByText("2 alerts acknowledged").waitFor();
  await page.getByLabel("Status").selectOption("acknowledged");
  await page.getByLabel("Device").fill("rack-2");
  await expect.poll(() => new URL(page.url()).search).toBe("?status=acknowledged&device=rack-2");
  await row(page, "Fan loud").waitFor();
  await expect.poll(() => row(page, "Fan slow").count()).toBe(0);
  await page.reload();
  await row(page, "Fan loud").waitFor();
});

it("moves nothing while the pointer is over the list, and says what waits", async () => {
  await raised({ name: "Steady" }, "held-1");
  const page = await underTest.open({ path: "/alerts" });
  await row(page, "Steady").hover();
  await raised({ name: "Newcomer" }, "held-2");
  await page.getByText("1 new: shown when the pointer leaves the list").waitFor();
  expect(await row(page, "Newcomer").count()).toBe(0);
  await page.mouse.move(5, 5);
  await row(page, "Newcomer").waitFor();
});

it("silences a device from its alert, lists the silence, and ends it", async () => {
  const alert = await raised({ name: "Noisy" }, "noisy-1");
  const page = await underTest.open({
    path: `/alerts/${alert.alert_id}`,
    expectedComplaints: /status of 400/,
  });
  await page.getByRole("button", { name: "Silence device" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Silence", exact: true }).click();
  const reason = page.getByLabel("Reason");
  await expect.poll(() => reason.getAttribute("aria-invalid")).toBe("true");
  await expect.poll(() => reason.evaluate((element) => element.matches(":focus"))).toBe(true);
  await reason.fill("new bearing");
  await page.getByLabel("For", { exact: true }).selectOption("4h");
  await page.getByRole("dialog").getByRole("button", { name: "Silence", exact: true }).click();
  await page.getByText("Silenced").waitFor();
  await page.getByRole("link", { name: "All alerts" }).click();
  await page.getByRole("tab", { name: "Silences" }).click();
  await row(page, "new bearing").getByText("device noisy-1").waitFor();
  await screenshots(page, "silences");
  const later = await raised({ name: "Unheard" }, "noisy-1");
  expect(later.silenced).toBe(true);
  await page.getByRole("button", { name: "End new bearing" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await page.getByText("Nothing is silenced.").waitFor();
}, 60_000);

it("takes the end of a silence in the zone in which times are shown", async () => {
  const page = await underTest.open({ path: "/alerts" });
  await page.getByRole("button", { name: "UTC" }).click();
  await page.getByRole("tab", { name: "Silences" }).click();
  await page.getByRole("button", { name: "New silence" }).click();
  const dialog = page.getByRole("dialog");
  const ends = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(0, 19);
  await dialog.getByLabel("Reason").fill("until the morning");
  await dialog.getByLabel("For", { exact: true }).selectOption("until");
  await dialog.getByLabel("Until (UTC)").fill(ends);
  await dialog.getByRole("button", { name: "Silence", exact: true }).click();
  await row(page, "until the morning").waitFor();
  const { body } = await underTest.platform.get<{ silences: { ends_at: string }[] }>(`${ALERTS}/silences`);
  expect(body.silences.map(({ ends_at }) => Date.parse(ends_at))).toContain(Date.parse(`${ends}Z`));
});

it("shows hostile names and notes as text", async () => {
  const { platform } = underTest;
  for (const [i, text] of hostileTexts.entries()) {
    const alert = await raised({ name: text }, `hostile-${i}`);
    await platform.put(`${ALERTS}/${alert.alert_id}/acknowledge`, { note: text });
    if (i === 0 || text.includes("\u202E")) {
      const page = await underTest.open({ path: `/alerts/${alert.alert_id}` });
      await page.getByRole("blockquote").waitFor();
      expect(await page.getByRole("blockquote").textContent()).toBe(shown(text));
      expect(await page.title()).toBe(`${shown(text)} · telemetry-bus`);
      expect(await page.locator("main img, main script").count()).toBe(0);
    }
  }
  const page = await underTest.open({ path: "/alerts?status=acknowledged" });
  for (const text of hostileTexts)
    await expect.poll(() => page.locator("td", { hasText: shown(text) }).count()).toBeGreaterThan(0);
  expect(await page.locator("main img, main script, main [href^='javascript:']").count()).toBe(0);
  const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(width).toBeLessThanOrEqual(0);
  await screenshots(page, "alerts");
}, 90_000);

it("says what a key may not do, and what is not there", async () => {
  const { platform } = underTest;
  const { body: reader } = await platform.post<{ api_key: string }>("/api/v1/keys", {
    name: "reader",
    scopes: ["read"],
  });
  const alert = await raised({ name: "Read only" }, "reader-1");
  const expectedComplaints = /status of (403|404)/;
  const page = await underTest.open({
    path: `/alerts/${alert.alert_id}`,
    key: reader.api_key,
    expectedComplaints,
  });
  await page.getByRole("region", { name: "Notifications" }).getByText("may not see or do this").waitFor();
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("dialog").getByRole("alert").getByText("operate").waitFor();
  const missing = await underTest.open({ path: "/alerts/alr_none", expectedComplaints });
  await missing.getByText("There is no such thing").waitFor();
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    await raised({ name: `Axe ${colorScheme}`, level: "emergency" }, `axe-${colorScheme}`);
    const page = await underTest.open({ path: "/alerts", colorScheme });
    await row(page, `Axe ${colorScheme}`).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: `Axe ${colorScheme}` }).click();
    await page.locator(".u-wrap").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Silence rule" }).click();
    await page.getByLabel("Reason").waitFor();
    await expectAccessible(page);
  },
);

// Last, since a thousand open alerts would be on every other page too.
it("pages through the newest thousand of open alerts, and says so at the end", async () => {
  const { platform } = underTest;
  const { rule_id, metric_name } = await createRule(platform, { name: "Storm" });
  const storm = Array.from({ length: 1_060 }, (_, i) => [
    `storm-${i}`,
    [{ timestamp: new Date().toISOString(), metric_name, value: 99 }],
  ]);
  const answer = await platform.post("/api/v1/telemetry/bulk", Object.fromEntries(storm));
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const counted = async () =>
    (await platform.get<AlertList>(`${ALERTS}?rule_id=${rule_id}&limit=1`)).body.count;
  await expect.poll(counted, { timeout: 30_000 }).toBe(1_060);
  const page = await underTest.open({ path: `/alerts?rule=${rule_id}&offset=900` });
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("951–1,000 of 1,060").waitFor();
  await page.getByText("These are the newest 1,000 that are open").waitFor();
  expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  await page.goto(`/alerts?rule=${rule_id}&status=active&offset=1050`);
  await page.getByText("1,051–1,060 of 1,060").waitFor();
  await row(page, "Storm").first().waitFor();
  await page.goto(`/alerts?rule=${rule_id}&offset=1050`);
  await page.getByText("951–1,000 of 1,060").waitFor();
}, 60_000);
