import type { Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { consoleUnderTest } from "./browser.ts";
import { linesOf, type Sent, sendTo } from "./exploring.ts";

const underTest = consoleUnderTest();

const MINUTE = 60_000;
const at = (ms: number) => new Date(ms).toISOString();
const send = (device: string, points: readonly Sent[]) => sendTo(underTest.platform, device, points);

describe("live", () => {
  const now = (value: unknown, metric_name = "level"): Sent => ({
    metric_name,
    value,
    timestamp: at(Date.now()),
    unit: "m",
  });

  it("brings points as they come, pauses while one is zoomed in, and goes on after", async () => {
    await send("tank-1", [now(1)]);
    const page = await underTest.open({ path: "/explore?device=tank-1&metric=level&range=15m" });
    await expect.poll(() => linesOf(page, "level")).toHaveLength(1);
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByText("Receiving").waitFor();
    await page.getByText("Each point, m").waitFor();
    expect(new URL(page.url()).searchParams.get("live")).toBe("1");
    await send("tank-1", [now(7)]);
    await expect.poll(async () => (await linesOf(page, "level"))[0]?.[2]).toBe("7");
    const latest = page.getByRole("region", { name: "Latest values" });
    await latest.getByText("7", { exact: true }).first().waitFor();

    const box = await page.locator(".u-over").first().boundingBox();
    if (!box) throw new Error("there is no chart to drag on");
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByText("Live is paused while zoomed in").waitFor();
    await page.goBack();
    await page.getByText("Receiving").waitFor();
    await send("tank-1", [now(9)]);
    await expect.poll(async () => (await linesOf(page, "level"))[0]?.[2]).toBe("9");
  });

  it("asks for buckets again, and goes on behind them with what came", async () => {
    await send("tank-2", [now(4)]);
    const page = await underTest.open({ path: "/explore?device=tank-2&metric=level&range=24h&live=1" });
    await page.getByText("Receiving").waitFor();
    await page.getByText(/^Average of/).waitFor();
    await expect.poll(async () => (await linesOf(page, "level"))[0]?.[4]).toBe("4");
    await send("tank-2", [now(8)]);
    await expect
      .poll(async () => Number((await linesOf(page, "level"))[0]?.[4]), { timeout: 15_000 })
      .toBeGreaterThan(5);
  });
});

describe("a session that ended while points came", () => {
  it("leaves the next one alone, whatever is answered to its key meanwhile", async () => {
    const { platform } = underTest;
    const { body: former } = await platform.post<{ api_key: string }>("/api/v1/keys", {
      name: "former",
      scopes: ["read"],
    });
    await sendTo(platform, "tank-3", [{ metric_name: "level", value: 1, timestamp: at(Date.now()) }]);
    const page = await underTest.open({
      path: "/explore?device=tank-3&metric=level&range=15m&live=1",
      key: former.api_key,
      expectedComplaints: /status of 401/,
    });
    await page.getByText("Receiving").waitFor();
    const held = Promise.withResolvers<string | undefined>();
    const signedIn = Promise.withResolvers<void>();
    const answer = async (route: Route) => {
      held.resolve((await route.request().headerValue("authorization")) ?? undefined);
      await signedIn.promise;
      await route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" });
    };
    await page.route("**/api/v1/telemetry/subscribe/*", answer, { times: 1 });
    await page.getByRole("button", { name: "Sign out" }).click();
    expect(await held.promise).toBe(`Bearer ${former.api_key}`);
    expect(await page.getByText("Signed out:").count()).toBe(0);
    await page.getByLabel("API key or token").fill(platform.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Receiving").waitFor();
    const refused = page.waitForResponse((response) => response.status() === 401);
    signedIn.resolve();
    await (await refused).finished();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    expect(await page.evaluate("sessionStorage.getItem('credential')")).toBe(platform.apiKey);
  });
});

it("says that there is more than it read, and reads on", async () => {
  const { platform } = underTest;
  const meters = Array.from({ length: 10 }, (_, i) => `meter-${i}`);
  const NOW = Date.now();
  const start = NOW - 14 * MINUTE;
  for (let page = 0; page < 6; page++) {
    const points = Array.from({ length: page < 5 ? 1_000 : 10 }, (_, i) => ({
      metric_name: "fast",
      timestamp: at(start + (page * 1_000 + i) * 150),
      value: i,
    }));
    const sent = Object.fromEntries(meters.map((meter) => [meter, points]));
    expect((await platform.post("/api/v1/telemetry/bulk", sent)).status).toBe(200);
  }
  const counted = "/api/v1/telemetry/aggregated?metric_name=fast&aggregation_type=count&interval=86400";
  const range = `start_time=${at(start)}&end_time=${at(NOW)}`;
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  await expect
    .poll(
      async () => {
        const { body } = await platform.get<{ data_points: { value: number }[] }>(`${counted}&${range}`);
        return sum(body.data_points.map(({ value }) => value));
      },
      { timeout: 60_000 },
    )
    .toBe(50_100);
  const devices = meters.map((meter) => `device=${meter}`).join("&");
  const page = await underTest.open({ path: `/explore?${devices}&metric=fast&aggregation=raw` });
  const shown = async () => sum((await linesOf(page, "fast")).map(([, points]) => Number(points)));
  await page.getByText("50,000 points were read, up to").waitFor({ timeout: 60_000 });
  expect(await shown()).toBe(50_000);
  await page.getByRole("button", { name: "Load more" }).click();
  await expect.poll(shown, { timeout: 60_000 }).toBe(50_100);
  expect(await page.getByText("points were read").count()).toBe(0);
}, 200_000);
