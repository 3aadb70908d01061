import { expect, it } from "vitest";
import type { Platform } from "../platform.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";

const underTest = consoleUnderTest();

const hostile = "<img src=x onerror=alert(1)>";

const tenHours = (now: number) =>
  Array.from({ length: 600 }, (_, i) => ({
    metric_name: "temperature",
    timestamp: new Date(now - i * 60_000).toISOString(),
    value: i === 0 ? 99 : 20 + 5 * Math.sin(i / 40),
  }));

/** A service that tells of its calls. */
const calls = (now: number, endpoint: string) =>
  Array.from({ length: 40 }, (_, i) => ({
    specversion: "1.0",
    id: `call-${endpoint}-${i}`,
    source: "/shop",
    type: "api.latency",
    time: new Date(now - 65_000 - i * 100).toISOString(),
    data: { endpoint, duration_ms: 10 + i, status: i === 0 ? 500 : 200 },
  }));

const rule = (platform: Platform, name: string, level: string) =>
  platform.post("/api/v1/telemetry/alerts/rules", {
    name,
    description: "hot",
    metric_name: "temperature",
    condition: ">",
    threshold_value: 30,
    level,
    trigger_count: 1,
  });

it("shows what the platform says of itself, live, and hostile text as text", async () => {
  const { platform } = underTest;
  const page = await underTest.open();
  await page.getByText("No alert is active.").waitFor();
  await rule(platform, hostile, "critical");
  await rule(platform, "warm", "warning");
  const now = Date.now();
  await platform.post("/api/v1/telemetry/devices/d-1/telemetry/batch", { data_points: tenHours(now) });
  const told = await platform.post("/api/v1/events", calls(now, hostile), {
    headers: { "content-type": "application/cloudevents-batch+json" },
  });
  expect(told.status).toBe(202);

  const alerts = page.getByRole("region", { name: "Active alerts" }).first();
  await alerts.getByText("1 critical").waitFor();
  await alerts.getByText("1 warning").waitFor();
  await alerts.getByRole("link", { name: hostile }).waitFor();
  await page.getByText("600 in 24 h").waitFor();
  expect(await page.locator("img").count()).toBe(0);
  await page.getByRole("table", { name: "Points stored, by the hour" }).waitFor({ state: "attached" });
  const queues = page.getByRole("region", { name: "Queues, the deepest first" });
  expect(await queues.getByRole("row").count()).toBeGreaterThan(5);
  await screenshots(page, "overview");
});

it("leads on to where more of each is", async () => {
  const page = await underTest.open();
  const linked = async (name: string) =>
    page.getByRole("link", { name, exact: true }).first().getAttribute("href");
  await page.getByText("Components").waitFor();
  expect(await linked("Open alerts")).toBe("/alerts");
  expect(await linked("Dead letters")).toBe("/dead-letters");
  expect(await linked("The bus")).toBe("/bus");
  await page.getByRole("link", { name: "d-1", exact: true }).click();
  await page.getByRole("heading", { name: "Metrics of these devices" }).waitFor();
  await page.getByRole("button", { name: "temperature" }).click();
  await expect.poll(() => page.url()).toContain("/explore?device=d-1&metric=temperature");
});

it("counts calls by their endpoint once they are told of", async () => {
  const page = await underTest.open();
  const endpoints = page.getByRole("region", { name: "Endpoints, the busiest first" });
  await endpoints.getByText(hostile).waitFor();
  const row = await endpoints.getByRole("row", { name: hostile }).textContent();
  expect(row).toContain("40");
  expect(row).toContain("2.5");
});

it("leads from each number to where more of it is", async () => {
  const page = await underTest.open();
  const labels = page.locator(".stat-label");
  await labels.first().waitFor();
  const words = (await labels.allTextContents()).filter((label) => label !== "Health");
  for (const label of words) {
    await page.goto("/");
    await labels.getByRole("link", { name: label }).click();
    await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "Overview" }).waitFor();
  }
  expect(words.length).toBeGreaterThan(5);
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    const page = await underTest.open({ colorScheme });
    await page.getByText("Components").waitFor();
    await page.locator(".u-wrap").waitFor();
    await page.getByText("healthy").first().waitFor();
    await page.getByText("Devices heard last").waitFor();
    await expectAccessible(page);
  },
);
