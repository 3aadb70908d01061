import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRule, report } from "../alerts.ts";
import { type Receiver, startReceiver } from "../receiver.ts";
import { type SlackServer, startSlack } from "../slack.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";

const underTest = consoleUnderTest({ notifications: { allowLoopback: true } });

let slack: SlackServer;
let broken: Receiver;

beforeAll(async () => {
  slack = await startSlack();
  broken = await startReceiver(() => ({ status: 410, text: "gone" }));
});

afterAll(() => Promise.all([slack.close(), broken.close()]));

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const dialog = (page: Page) => page.getByRole("dialog");

it("creates a key that is shown once and works, and revokes it", async () => {
  const { platform } = underTest;
  const page = await underTest.open({ path: "/settings/keys" });
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("gateway seven");
  await page.getByLabel("Only of these devices").fill("plant1-*\nplant2-*");
  await page.getByLabel("Only events of these types").fill("model.*");
  await dialog(page).getByRole("button", { name: "Create key" }).click();
  const shown = page.getByTestId("new-key");
  const key = (await shown.textContent()) ?? "";
  await page.getByRole("button", { name: "Copy key" }).click();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(key);
  const send = async (device: string) => {
    const body = { timestamp: new Date().toISOString(), metric_name: "m", value: 1 };
    const path = `/api/v1/telemetry/devices/${device}/telemetry`;
    return (await platform.post(path, body, { key })).status;
  };
  expect(await send("plant1-a")).toBe(200);
  expect(await send("plant3-a")).toBe(403);
  await row(page, "gateway seven").getByText("plant1-*, plant2-*").waitFor();
  await screenshots(page, "keys");
  await page.getByRole("button", { name: "I have it" }).click();
  expect(await shown.count()).toBe(0);
  await page.reload();
  await row(page, "gateway seven").waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke gateway seven" }).click();
  await dialog(page).getByRole("button", { name: "Revoke key" }).click();
  await row(page, "gateway seven").getByText("revoked", { exact: true }).waitFor();
  // Keys that were just used are good for half a minute more, whatever happens to the registry.
  await expect.poll(() => send("plant1-a"), { timeout: 45_000, interval: 1_000 }).toBe(401);
}, 90_000);

it("creates a channel, tests it, edits it without its URL, and shows what it was sent", async () => {
  const { platform } = underTest;
  const page = await underTest.open({
    path: "/settings/channels",
    expectedComplaints: /status of (400|422)/,
  });
  await page.getByText("There is no channel").waitFor();
  await page.getByRole("button", { name: "New channel" }).click();
  await page.getByLabel("Name", { exact: true }).fill("ops");
  await page.getByLabel("Webhook URL").fill("ftp://nowhere");
  await dialog(page).getByRole("button", { name: "Create channel" }).click();
  await expect.poll(() => page.getByLabel("Webhook URL").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Webhook URL").fill(slack.webhook);
  await dialog(page).getByRole("button", { name: "Create channel" }).click();
  await page.getByRole("button", { name: "Test ops" }).click();
  await page.getByText("ops: delivered").waitFor();
  expect(slack.posted()).toHaveLength(1);
  await page.getByRole("button", { name: "Edit ops" }).click();
  await page.getByLabel("Events", { exact: true }).fill("alert.#\napi.error");
  await page.getByLabel("From this severity up").selectOption("error");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await row(page, "ops").getByText("alert.#, api.error").waitFor();
  const { metric_name } = await createRule(platform, { name: "Told of", level: "critical" });
  await report(platform, { device: "told-1", metric: String(metric_name), values: [99] });
  await expect.poll(() => slack.posted().length, { timeout: 20_000 }).toBe(2);
  await page.getByRole("link", { name: "ops" }).click();
  await row(page, "Told of").getByText("sent", { exact: true }).waitFor();
  await screenshots(page, "channels");
  const [alert] = (await platform.get<{ alerts: { alert_id: string }[] }>("/api/v1/telemetry/alerts")).body
    .alerts;
  const event = `${alert?.alert_id}.triggered`;
  const archived = async () => (await platform.get(`/api/v1/events/${event}`)).status;
  await expect.poll(archived, { timeout: 15_000 }).toBe(200);
  await row(page, "Told of").getByRole("link", { name: "alert.triggered" }).click();
  await page.getByRole("heading", { level: 1, name: "Event", exact: true }).waitFor();
  await page.getByText(event, { exact: true }).waitFor();
  await page.goto(`/alerts/${alert?.alert_id}`);
  const told = page.getByRole("region", { name: "Notifications", exact: true });
  await told.getByText("sent", { exact: true }).waitFor();
}, 60_000);

it("says why a test was not delivered, shows a webhook's secret once, and removes the channel", async () => {
  const page = await underTest.open({ path: "/settings/channels" });
  await page.getByRole("button", { name: "New channel" }).click();
  await page.getByLabel("Name", { exact: true }).fill("hook");
  await page.getByLabel("Kind").selectOption("webhook");
  await page.getByLabel("URL", { exact: true }).fill(`${broken.url}/hook`);
  await dialog(page).getByRole("button", { name: "Create channel" }).click();
  await page.getByText("Copy the secret of “hook” now").waitFor();
  await page.getByRole("button", { name: "I have it" }).click();
  await page.getByRole("button", { name: "Test hook" }).click();
  await page.getByText("hook: not delivered: ").waitFor();
  expect(broken.received[0]?.headers["x-telemetry-signature"]).toMatch(/^v1=/);
  await page.getByRole("button", { name: "Remove hook" }).click();
  await dialog(page).getByRole("button", { name: "Remove channel" }).click();
  await expect.poll(() => row(page, "hook").count()).toBe(0);
});

it("defines a metric and deletes the definition, saying that its data stays", async () => {
  const { platform } = underTest;
  await report(platform, { device: "d-1", metric: "humidity", values: [40, 41] });
  const page = await underTest.open({ path: "/settings", expectedComplaints: /status of 400/ });
  await page.getByRole("button", { name: "New definition" }).click();
  await dialog(page).getByRole("button", { name: "Define" }).click();
  await expect.poll(() => page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Name", { exact: true }).fill("humidity");
  await page.getByLabel("Unit").fill("%");
  await page.getByLabel("Least value").fill("0");
  await page.getByLabel("Greatest value").fill("100");
  await page.getByLabel("Kept for").fill("30");
  await dialog(page).getByRole("button", { name: "Define" }).click();
  await row(page, "humidity").getByText("0 … 100").waitFor();
  await screenshots(page, "definitions");
  await page.getByRole("button", { name: "Delete humidity" }).click();
  await dialog(page).getByText("The data stays").waitFor();
  await dialog(page).getByRole("button", { name: "Delete definition" }).click();
  await page.getByText("No metric is defined.").waitFor();
  expect((await platform.get("/api/v1/telemetry/devices/d-1/metrics/humidity/latest")).status).toBe(200);
});

it("finds devices, and shows what one has reported", async () => {
  const { platform } = underTest;
  await report(platform, { device: "weather.1", metric: "wind", values: [1, 2, 3] });
  await report(platform, { device: "other-1", metric: "wind", values: [1] });
  await expect
    .poll(async () => (await platform.get("/api/v1/devices/weather.1")).status, { timeout: 15_000 })
    .toBe(200);
  const page = await underTest.open({ path: "/settings/devices" });
  await page.getByLabel("Search").fill("weather");
  await expect.poll(() => new URL(page.url()).search).toBe("?search=weather");
  await row(page, "weather.1").waitFor();
  await expect.poll(() => row(page, "other-1").count()).toBe(0);
  await page.getByRole("link", { name: "weather.1" }).click();
  await page
    .getByRole("region", { name: "Metrics with the most points" })
    .first()
    .getByText("wind")
    .waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.getByRole("region", { name: "Metrics with the most points" }).first().waitFor();
  await screenshots(page, "device");
});

it("reports how it is used: models, queries, latency, cache and the hours of the day", async () => {
  const { platform } = underTest;
  const event = (type: string, id: string, data: unknown) => ({
    specversion: "1.0",
    id,
    source: "/registry",
    type,
    data,
  });
  const models = ["openai", "anthropic", "openai"].map((vendor, i) =>
    event("model.registered", `m-${i}`, { model_id: `model-${i}`, vendor, tier: "pro" }),
  );
  expect((await platform.post("/api/v1/events", models)).status).toBeLessThan(300);
  await expect
    .poll(async () => (await platform.get<Usage>("/metrics", json)).body.models.registered.in_range, {
      timeout: 20_000,
    })
    .toBe(3);
  const page = await underTest.open({ path: "/settings/usage" });
  await page.getByRole("region", { name: "Models by vendor" }).getByText("openai").waitFor();
  await page.getByLabel("Range").selectOption("7d");
  await expect.poll(() => new URL(page.url()).search).toBe("?range=7d");
  await page.getByRole("region", { name: "Models by vendor" }).getByText("anthropic").waitFor();
  expect(await page.getByRole("img", { name: /:00 UTC, \d+ events/ }).count()).toBe(24);
  await screenshots(page, "usage");
}, 60_000);

interface Usage {
  models: { registered: { in_range: number } };
}
const json = { headers: { accept: "application/json" } };

it("shows hostile names as text", async () => {
  const { platform } = underTest;
  for (const text of hostileTexts) {
    const name = text.slice(0, 128);
    await platform.post("/api/v1/keys", { name, scopes: ["read"] });
  }
  await platform.post("/api/v1/telemetry/metrics", {
    name: "hostile",
    data_type: "numeric",
    description: hostileTexts.join(" "),
    tags: hostileTexts.map((text) => text.slice(0, 60)),
  });
  const page = await underTest.open({ path: "/settings/keys" });
  for (const text of hostileTexts)
    await expect
      .poll(() => page.locator("td", { hasText: shown(text.slice(0, 128)) }).count())
      .toBeGreaterThan(0);
  expect(await page.locator("main img, main script").count()).toBe(0);
  await page.getByRole("tab", { name: "Metrics" }).click();
  await row(page, "hostile").waitFor();
  expect(await page.locator("main img, main script").count()).toBe(0);
});

it("says at each tab what a key may not see", async () => {
  const { platform } = underTest;
  const key = { name: "reader", scopes: ["read"] };
  const { body: reader } = await platform.post<{ api_key: string }>("/api/v1/keys", key);
  const page = await underTest.open({
    path: "/settings/keys",
    key: reader.api_key,
    expectedComplaints: /status of 403/,
  });
  await page.getByText("Your credential may not see or do this").waitFor();
  await page.getByRole("tab", { name: "API keys" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/settings/channels");
  await page.getByText("Your credential may not see or do this").waitFor();
  await page.getByRole("tab", { name: "Devices" }).click();
  await page.getByRole("heading", { name: /^Devices: / }).waitFor();
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    const page = await underTest.open({ path: "/settings", colorScheme });
    for (const [tab, title] of [
      ["Metrics", "Metric definitions"],
      ["API keys", "API keys"],
      ["Channels", "Channels"],
      ["Devices", /^Devices: /],
      ["Usage", "Endpoints"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("heading", { name: title }).waitFor();
      await expectAccessible(page);
    }
    await page.goto("/settings/keys");
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Only of these devices").waitFor();
    await expectAccessible(page);
  },
);
