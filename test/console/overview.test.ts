import { expect, it } from "vitest";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";

const underTest = consoleUnderTest();

const hostile = "<img src=x onerror=alert(1)>";

it("shows what the platform says of itself, live, and hostile text as text", async () => {
  const { platform } = underTest;
  const page = await underTest.open();
  await page.getByText("No alert is active.").waitFor();
  await platform.post("/api/v1/telemetry/alerts/rules", {
    name: hostile,
    description: "hot",
    metric_name: "temperature",
    condition: ">",
    threshold_value: 30,
    level: "critical",
    trigger_count: 1,
  });
  const now = Date.now();
  const points = Array.from({ length: 600 }, (_, i) => ({
    metric_name: "temperature",
    timestamp: new Date(now - i * 60_000).toISOString(),
    value: i === 0 ? 99 : 20 + 5 * Math.sin(i / 40),
  }));
  await platform.post("/api/v1/telemetry/devices/d-1/telemetry/batch", { data_points: points });
  await page.getByText(hostile).waitFor();
  await page.getByText("600 in 24 h").waitFor();
  expect(await page.locator("img").count()).toBe(0);
  await page.getByRole("table", { name: "Points stored, by the hour" }).waitFor({ state: "attached" });
  expect(await page.getByRole("region", { name: "Queues" }).getByRole("row").count()).toBeGreaterThan(5);
  await screenshots(page, "overview");
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, %s",
  async (colorScheme) => {
    const page = await underTest.open({ colorScheme });
    await page.getByText("Components").waitFor();
    await page.locator(".u-wrap").waitFor();
    await page.getByText("healthy").first().waitFor();
    await expectAccessible(page);
  },
);
