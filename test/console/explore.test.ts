import { expect, it } from "vitest";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";

const underTest = consoleUnderTest();

it("shows", async () => {
  const { platform } = underTest;
  const now = Date.now();
  const points = Array.from({ length: 600 }, (_, i) => ({
    metric_name: "temperature",
    timestamp: new Date(now - (i + (i > 300 ? 60 : 0)) * 10_000).toISOString(),
    value: 20 + 5 * Math.sin(i / 40) + (i % 7) / 7,
    unit: "celsius",
  }));
  for (const d of ["d-1", "d-2", "d-3"])
    await platform.post(`/api/v1/telemetry/devices/${d}/telemetry/batch`, {
      data_points: [...points.map((p) => ({ ...p, value: p.value + d.charCodeAt(2) })), ...points.slice(0, 300).map((p) => ({ ...p, metric_name: "humidity", unit: "percent" })),
      { metric_name: "state", timestamp: new Date(now).toISOString(), value: "open" }],
    });
  const page = await underTest.open({ path: "/explore" });
  await page.getByRole("combobox", { name: "Devices" }).fill("d-");
  await screenshots(page, "explore-start");
  await page.goto("/explore?device=d-1&device=d-2&device=d-3&metric=temperature&metric=humidity&metric=state");
  await page.locator(".u-wrap").first().waitFor();
  await page.getByText("This query").waitFor();
  await page.waitForTimeout(1500);
  await screenshots(page, "explore");
  await expectAccessible(page);
  await page.goto("/explore?device=d-1&device=d-2&device=d-3&metric=temperature&metric=humidity&metric=state&aggregation=raw&live=1");
  await page.locator(".u-wrap").first().waitFor();
  await page.waitForTimeout(2500);
  await screenshots(page, "explore-raw");
  await expectAccessible(page);
}, 120_000);
