import { expect, it } from "vitest";
import { consoleUnderTest } from "./browser.ts";
import { bundled } from "./bundled.ts";

const underTest = consoleUnderTest();

const open = `
  window.values = [];
  window.states = [];
  window.closeStream = streaming.openStream({
    filter: { device_ids: ["d-live"], max_frequency: 100 },
    onPoints: (points) => window.values.push(...points.map(({ value }) => value)),
    onState: (state) => window.states.push(state),
  });`;

it("brings measurements as they come, and again after its subscription was cancelled elsewhere", async () => {
  const { platform } = underTest;
  const page = await underTest.open({ expectedComplaints: /status of 404/ });
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.evaluate(await bundled("../../apps/console/api/stream.ts", "streaming"));
  const subscribed = page.waitForResponse((response) => response.url().endsWith("/subscribe"));
  await page.evaluate(open);
  const { subscription_id } = (await (await subscribed).json()) as { subscription_id: string };

  const send = (value: number) =>
    platform.post("/api/v1/telemetry/devices/d-live/telemetry", {
      metric_name: "temperature",
      timestamp: new Date().toISOString(),
      value,
    });
  const seen = (name: string) => page.evaluate<unknown[]>(`window.${name}`);
  await expect.poll(() => seen("states")).toContain("live");
  await send(1);
  await expect.poll(() => seen("values")).toContain(1);

  await platform.delete(`/api/v1/telemetry/subscribe/${subscription_id}`);
  await expect
    .poll(() => seen("states"))
    .toEqual(["connecting", "live", "waiting", "connecting", "waiting", "connecting", "live"]);
  await send(2);
  await expect.poll(() => seen("values")).toContain(2);
  await page.evaluate("closeStream()");
});
