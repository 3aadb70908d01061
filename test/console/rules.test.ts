import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { type AlertList, createRule, fresh, RULES, type RuleAnswer, report } from "../alerts.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";

const underTest = consoleUnderTest();

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const HOUR_SECONDS = 3_600;

const ruleOf = async (page: Page): Promise<RuleAnswer> => {
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/rules\/rul_/);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  return (await underTest.platform.get<RuleAnswer>(`${RULES}/${id}`)).body;
};

it("creates a rule in the browser, whose alert is then acknowledged and resolved there", async () => {
  const { platform } = underTest;
  const page = await underTest.open({ path: "/rules/new" });
  await page.getByLabel("Name", { exact: true }).fill("Boiler too hot");
  await page.getByLabel("Metric", { exact: true }).fill("boiler_temperature");
  await page.getByLabel("Threshold", { exact: true }).fill("80");
  await page.getByLabel("Level").selectOption("critical");
  await page.getByLabel("Recovery threshold").fill("75");
  await page.getByLabel("Silent for").fill("3600");
  await page.getByLabel("Tags").fill("plant 1\nboiler");
  await page.getByRole("button", { name: "Create rule" }).click();
  expect(await ruleOf(page)).toMatchObject({
    name: "Boiler too hot",
    level: "critical",
    threshold_value: 80,
    recovery_threshold: 75,
    no_data_seconds: 3_600,
    tags: ["plant 1", "boiler"],
    enabled: true,
  });
  await report(platform, { device: "boiler-1", metric: "boiler_temperature", values: [70, 95] });
  await page.getByRole("link", { name: "Alerts" }).click();
  await page.getByRole("link", { name: "Boiler too hot" }).click();
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByLabel("Note").fill("looking");
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  const history = page.getByRole("region", { name: "History" });
  await history.getByText("looking").waitFor();
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.getByLabel("Note").fill("valve opened");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await history.getByText("valve opened").waitFor();
  const { body } = await platform.get<AlertList>("/api/v1/telemetry/alerts?device_id=boiler-1");
  expect(body.alerts).toMatchObject([
    { status: "resolved", acknowledgement_note: "looking", resolution_note: "valve opened" },
  ]);
});

it("takes a whole rule from the keyboard alone", async () => {
  const page = await underTest.open({ path: "/rules" });
  await page.getByRole("link", { name: "New rule" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name", { exact: true }).waitFor();
  await tabTo(page, "Name");
  await page.keyboard.type("By keys");
  await tabTo(page, "Metric");
  await page.keyboard.type("keyed");
  await page.keyboard.press("Escape");
  await tabTo(page, "Condition");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "Threshold");
  await page.keyboard.type("5");
  await tabTo(page, "It resolves by itself");
  await page.keyboard.press("Space");
  await tabTo(page, "Create rule");
  await page.keyboard.press("Enter");
  expect(await ruleOf(page)).toMatchObject({
    name: "By keys",
    metric_name: "keyed",
    condition: ">=",
    threshold_value: 5,
    auto_resolve: false,
  });
});

/** Presses Tab until the control of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate<string>(
      "document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? ''",
    );
    if (focused.trim() === name) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

it("says at each field what the API says of it", async () => {
  const page = await underTest.open({ path: "/rules/new", expectedComplaints: /status of (400|422)/ });
  await page.getByLabel("Name", { exact: true }).fill("Impossible");
  await page.getByLabel("Metric", { exact: true }).fill("m");
  await page.getByLabel("Threshold", { exact: true }).fill("10");
  await page.getByLabel("Recovery threshold").fill("20");
  await page.getByLabel("Metadata").fill("{ not json");
  await page.getByRole("button", { name: "Create rule" }).click();
  const metadata = page.getByLabel("Metadata");
  await expect.poll(() => metadata.getAttribute("aria-invalid")).toBe("true");
  await expect.poll(() => metadata.evaluate((element) => element.matches(":focus"))).toBe(true);
  await metadata.fill("");
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByText("must be at most threshold_value, 10").waitFor();
  expect(new URL(page.url()).pathname).toBe("/rules/new");
});

it("previews when a rule would have fired, beside what the rule in force did", async () => {
  const { platform } = underTest;
  const metric = fresh("pressure");
  for (const hoursAgo of [100, 60, 20])
    await report(platform, {
      device: "press-1",
      metric,
      values: [50, 51, 95, 50],
      secondsAgo: hoursAgo * HOUR_SECONDS,
    });
  const { rule_id } = await createRule(platform, { name: "Pressure", metric_name: metric });
  await report(platform, { device: "press-1", metric, values: [99] });
  await expect
    .poll(async () => (await platform.get<RuleAnswer>(`${RULES}/${rule_id}`)).body.total_triggers, {
      timeout: 15_000,
    })
    .toBe(1);
  const page = await underTest.open({ path: `/rules/${rule_id}` });
  await page.getByRole("button", { name: "Preview" }).click();
  const result = page.getByRole("status", { name: "Result of the preview" });
  await result.waitFor();
  const counted = (label: string) =>
    result.locator("div", { has: page.locator("dt", { hasText: label }) }).locator("dd");
  expect(await counted("would have raised").textContent()).toBe("4");
  expect(await counted("the rule in force raised").textContent()).toBe("1");
  await result.getByRole("img", { name: "press-1: would have raised 4, did raise 1" }).waitFor();
  await screenshots(page, "rule");
  await page.getByLabel("Threshold", { exact: true }).fill("97");
  await page.getByText("The form has changed since").waitFor();
  await page.getByRole("button", { name: "Preview again" }).click();
  await result.getByRole("img", { name: "press-1: would have raised 1, did raise 1" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Pressure is saved").waitFor();
  expect((await ruleOf(page)).threshold_value).toBe(97);
});

it("turns a rule off and on in the list, filters by what the URL says, and deletes one", async () => {
  const { platform } = underTest;
  const metric = fresh("flow");
  const { rule_id } = await createRule(platform, { name: "Flow low", metric_name: metric, level: "error" });
  await createRule(platform, { name: "Another", level: "info" });
  const enabled = async () => (await platform.get<RuleAnswer>(`${RULES}/${rule_id}`)).body.enabled;
  const page = await underTest.open({ path: `/rules?metric=${metric}` });
  const toggle = page.getByRole("switch", { name: "Flow low is on" });
  await toggle.click();
  await page.getByText("Flow low is off").waitFor();
  expect(await enabled()).toBe(false);
  expect(await toggle.getAttribute("aria-checked")).toBe("false");
  await toggle.click();
  await expect.poll(enabled).toBe(true);
  expect(await row(page, "Another").count()).toBe(0);
  await page.getByRole("button", { name: "Clear" }).click();
  await row(page, "Another").waitFor();
  await page.getByRole("link", { name: "Flow low" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect((await platform.get(`${RULES}/${rule_id}`)).status).toBe(200);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete rule" }).click();
  await page.getByText("The rule is gone").waitFor();
  expect((await platform.get(`${RULES}/${rule_id}`)).status).toBe(404);
});

it("leaves a rule on or off, as it was turned meanwhile, when its form is saved", async () => {
  const { platform } = underTest;
  const { rule_id } = await createRule(platform, { name: "Turned" });
  const page = await underTest.open({ path: `/rules/${rule_id}` });
  const saved = async (threshold: string) => {
    await page.getByLabel("Threshold", { exact: true }).fill(threshold);
    await page.getByRole("button", { name: "Save" }).click();
    await expect.poll(async () => (await ruleOf(page)).threshold_value).toBe(Number(threshold));
    return (await ruleOf(page)).enabled;
  };
  await page.getByRole("switch", { name: "Turned is on" }).click();
  await page.getByText("Turned is off").waitFor();
  expect(await saved("91")).toBe(false);
  await platform.put(`${RULES}/${rule_id}/enable`, { enabled: true });
  expect(await saved("92")).toBe(true);
});

it.each([
  ["in the list", () => "/rules"],
  ["beside its form", (id: string) => `/rules/${id}`],
])(
  "shows whether a rule is on, %s, after a failure too, and when it was turned elsewhere",
  async (where, path) => {
    const { platform } = underTest;
    const name = `Switched ${where}`;
    const { rule_id } = await createRule(platform, { name });
    const page = await underTest.open({ path: path(rule_id), expectedComplaints: /ERR_FAILED/ });
    const toggle = page.getByRole("switch", { name: `${name} is on` });
    const isOn = () => toggle.getAttribute("aria-checked");
    await toggle.click();
    await page.getByText(`${name} is off`).waitFor();
    await page.route("**/enable", (route) => route.abort());
    await toggle.click();
    await page.getByText("the API cannot be reached").waitFor();
    expect(await isOn()).toBe("false");
    await platform.put(`${RULES}/${rule_id}/enable`, { enabled: true });
    await expect.poll(isOn, { timeout: 15_000 }).toBe("true");
  },
);

it("shows hostile names, tags and descriptions as text, and keeps them through the form", async () => {
  const { platform } = underTest;
  for (const text of hostileTexts)
    await createRule(platform, { name: text, description: text, tags: [text.slice(0, 128)] });
  const page = await underTest.open({ path: "/rules" });
  for (const text of hostileTexts)
    await expect.poll(() => page.locator("td", { hasText: shown(text) }).count()).toBeGreaterThan(0);
  expect(await page.locator("main img, main script").count()).toBe(0);
  await screenshots(page, "rules");
  for (const text of [hostileTexts[0], "\u202Egnp.exe\u202C right to left"]) {
    await page.goto("/rules");
    await page.getByRole("link", { name: shown(text), exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(`${shown(text)} is saved`).waitFor();
    expect(await ruleOf(page)).toMatchObject({ name: text, description: text, tags: [text] });
    expect(await page.locator("main img, main script").count()).toBe(0);
  }
});

it("lets a key that may only read preview, names channels it cannot list, and refuses to save", async () => {
  const { platform } = underTest;
  const key = { name: "reader", scopes: ["read"] };
  const { body: reader } = await platform.post<{ api_key: string }>("/api/v1/keys", key);
  const page = await underTest.open({
    path: "/rules/new?metric=unknown_metric",
    key: reader.api_key,
    expectedComplaints: /status of 403/,
  });
  await page.getByText("Your credential may not see which there are").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Not allowed");
  await page.getByLabel("Threshold", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText("No point of this metric is stored").waitFor();
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByRole("alert").getByText("operate").waitFor();
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    const { rule_id } = await createRule(underTest.platform, { name: `Axe ${colorScheme}` });
    const page = await underTest.open({ path: "/rules", colorScheme });
    await page.getByRole("link", { name: `Axe ${colorScheme}` }).waitFor();
    await expectAccessible(page);
    await page.goto(`/rules/${rule_id}`);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("status", { name: "Result of the preview" }).waitFor();
    await expectAccessible(page);
  },
);
