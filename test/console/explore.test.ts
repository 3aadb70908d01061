import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { linesOf, type Sent, sendTo } from "./exploring.ts";
import { shown } from "./hostile.ts";

const underTest = consoleUnderTest();
const run = promisify(execFile);

const NOW = Date.now();
const MINUTE = 60_000;
const at = (ms: number) => new Date(ms).toISOString();

const hostile = "<img src=x onerror=alert(1)>";
/** A name that a shell, a URL and a list between commas could each misread. */
const LABELLED = `disk{host="it's, $HOME",mount="/"}`;

const LONG = "a-device-with-a-name-that-somebody-meant-to-say-all-".repeat(2);

const send = (device: string, points: readonly Sent[]) => sendTo(underTest.platform, device, points);

/** A value each minute for the last 50, but for ten in their middle: 1, 2, 3 and on, newest last. */
const minutes = (metric_name: string, more: Partial<Sent> = {}): Sent[] =>
  Array.from({ length: 50 }, (_, i) => i)
    .filter((i) => i < 20 || i >= 30)
    .map((i) => ({ metric_name, timestamp: at(NOW - (50 - i) * MINUTE), value: i + 1, ...more }));

beforeAll(async () => {
  const { platform } = underTest;
  await platform.post("/api/v1/telemetry/alerts/rules", {
    name: hostile,
    metric_name: "pressure",
    condition: ">",
    threshold_value: 90,
    level: "critical",
    trigger_count: 1,
    cooldown_minutes: 0,
  });
  await send("boiler-1", minutes("pressure", { unit: hostile }));
  await send("boiler-2", minutes("pressure", { unit: hostile }));
  await send("boiler-1", minutes(LABELLED));
  await send(LONG, minutes("pressure"));
  await send("boiler-1", [
    {
      metric_name: "state",
      timestamp: at(NOW - 3 * MINUTE),
      value: hostile,
      tags: { [hostile]: "\u202Etxt" },
    },
    { metric_name: "state", timestamp: at(NOW - 2 * MINUTE), value: { open: true, "<b>": null } },
    { metric_name: "state", timestamp: at(NOW - MINUTE), value: false },
  ]);
  const many = Array.from({ length: 70 }, (_, i) => [
    `pump-${String(i).padStart(2, "0")}`,
    [{ metric_name: "flow", timestamp: at(NOW - MINUTE), value: i }],
  ]);
  await platform.post("/api/v1/telemetry/bulk", Object.fromEntries(many));
  const metrics = "/api/v1/telemetry/devices/boiler-1/metrics";
  await vi.waitFor(
    async () => {
      const { body } = await platform.get<{ count: number }>("/api/v1/devices?limit=1");
      expect(body.count).toBe(73);
      expect((await platform.get<string[]>(metrics)).body).toHaveLength(3);
    },
    { timeout: 30_000 },
  );
}, 60_000);

const PRESSURE = "/explore?device=boiler-1&device=boiler-2&metric=pressure";

const choose = (page: Page, what: string) => page.getByRole("combobox", { name: what });

describe("choosing what to look at", () => {
  it("finds a device among many by a part of its id, and its metrics, with the keyboard alone", async () => {
    const page = await underTest.open({ path: "/explore" });
    await choose(page, "Devices").fill("pump");
    await page.getByText("50 of 70 devices").waitFor();
    await choose(page, "Devices").fill("MP-6");
    await page.getByText("10 of 10 devices").waitFor();
    await screenshots(page, "explore-search");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Remove pump-63" }).waitFor();
    await choose(page, "Devices").press("Escape");
    await page.keyboard.press("Tab");
    await choose(page, "Metrics").press("ArrowDown");
    await page.getByRole("option", { name: "flow" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).search).toBe("?device=pump-63&metric=flow");
    expect(await linesOf(page, "flow")).toEqual([["pump-63", "1", "63", "63", "63"]]);

    await choose(page, "Metrics").press("Backspace");
    await expect.poll(() => new URL(page.url()).search).toBe("?device=pump-63");
  });

  it("says that it draws the first 50 of more series, and of how many there is nothing", async () => {
    const devices = Array.from({ length: 60 }, (_, i) => `device=pump-${String(i).padStart(2, "0")}`);
    const page = await underTest.open({ path: `/explore?${devices.join("&")}&metric=flow` });
    await page.getByText("Drawn are the first 50 of 60 series").waitFor();
    expect(await linesOf(page, "flow")).toHaveLength(50);

    await page.goto("/explore?device=pump-01&device=nobody&metric=flow");
    await page.getByText("1 of 2 series have no numbers in this range").waitFor();
    await page.goto("/explore?device=nobody&metric=flow");
    await page.getByText("There are no numbers in this range").waitFor();
  });
});

describe("the charts", () => {
  it("show each device's points and figures, the rule's threshold and the alerts, hostile names as text", async () => {
    const page = await underTest.open({ path: PRESSURE });
    const forty = ["40", "50", "1", "50"];
    expect(await linesOf(page, "pressure")).toEqual([
      ["boiler-1", ...forty],
      ["boiler-2", ...forty],
    ]);
    const figures = page.getByRole("region", { name: "Latest values" });
    await figures
      .getByRole("row", { name: /boiler-1/ })
      .getByText("25.5")
      .waitFor();
    await expect
      .poll(() => figures.getByRole("row", { name: /boiler-1/ }).textContent())
      .toMatch(/50 <img.*125\.55040$/);
    await page.getByRole("link", { name: hostile }).first().waitFor();
    await page.getByText("> 90").waitFor();
    await page.getByText("No alert was raised.").waitFor();

    await send("boiler-2", [
      { metric_name: "pressure", timestamp: at(NOW - 30_000), value: 120, unit: hostile },
    ]);
    const { platform } = underTest;
    const alerts = "/api/v1/telemetry/alerts?device_id=boiler-2";
    await expect.poll(async () => (await platform.get<{ count: number }>(alerts)).body.count).toBe(1);
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.reload();
    const { body } = await platform.get<{ alerts: { alert_id: string }[] }>(alerts);
    const link = page.getByRole("region", { name: "Alerts of these devices" }).getByRole("link");
    expect(await link.getAttribute("href")).toBe(`/alerts/${body.alerts[0]?.alert_id}`);
    expect(await page.locator("img").count()).toBe(0);
    await screenshots(page, "explore");
  });

  it("sum up as they are told to, over the interval that one wants", async () => {
    const page = await underTest.open({ path: `${PRESSURE}&aggregation=count&interval=3600&range=6h` });
    await page.getByText("Count of 1 h").waitFor();
    const counted = await linesOf(page, "pressure");
    expect(counted[0]?.[0]).toBe("boiler-1");
    await page.getByLabel("Aggregation").selectOption("max");
    await page.getByText("Maximum of 1 h").waitFor();
    await expect.poll(async () => (await linesOf(page, "pressure"))[0]?.[4]).toBe("50");
    expect(page.url()).toContain("aggregation=max&interval=3600");
    await page.getByLabel("Interval").selectOption("");
    await page.getByText(/Maximum of 1 min|Maximum of 2 min/).waitFor();
  });

  it("zoom by dragging, into the address; back zooms out", async () => {
    const page = await underTest.open({ path: PRESSURE });
    await linesOf(page, "pressure");
    const box = await page.locator(".u-over").first().boundingBox();
    if (!box) throw new Error("there is no chart to drag on");
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => new URL(page.url()).searchParams.has("from")).toBe(true);
    const { searchParams } = new URL(page.url());
    const span = Date.parse(searchParams.get("to") ?? "") - Date.parse(searchParams.get("from") ?? "");
    expect(span).toBeGreaterThan(14 * MINUTE);
    expect(span).toBeLessThan(16 * MINUTE);
    await expect.poll(async () => Number((await linesOf(page, "pressure"))[0]?.[1])).toBeLessThan(20);
    await page.getByRole("button", { name: "Zoom out" }).click();
    await expect.poll(() => page.url()).not.toContain(searchParams.get("from"));
    await page.goBack();
    await page.goBack();
    await expect.poll(() => new URL(page.url()).searchParams.has("from")).toBe(false);
    await expect.poll(async () => Number((await linesOf(page, "pressure"))[0]?.[1])).toBe(40);
  });

  it("take a range by its two ends", async () => {
    const page = await underTest.open({ path: PRESSURE });
    await page.getByRole("button", { name: "UTC" }).click();
    await page.getByRole("button", { name: "Custom" }).click();
    await page.getByLabel("From (UTC)").fill(at(NOW - 10.5 * MINUTE).slice(0, 19));
    await page.getByLabel("To (UTC)").fill(at(NOW - 5.5 * MINUTE).slice(0, 19));
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await expect
      .poll(async () => (await linesOf(page, "pressure"))[0])
      .toEqual(["boiler-1", "5", "45", "41", "45"]);
  });
});

describe("what is no number", () => {
  it("is a table, the newest first, and text whatever it says", async () => {
    const page = await underTest.open({ path: "/explore?device=boiler-1&metric=state" });
    await page.getByText("There are no numbers in this range").waitFor();
    await page.getByRole("button", { name: "Show each point" }).click();
    const table = page.getByRole("region", { name: "Values that are not numbers, the newest first" });
    const cells = table.locator("tbody tr td:nth-child(4)");
    await expect.poll(() => cells.allTextContents()).toEqual(["false", '{"<b>":null,"open":true}', hostile]);
    expect(await table.locator("tbody tr").last().textContent()).toContain(
      `${hostile}=${shown("\u202Etxt")}`,
    );
    expect(await page.locator("img").count()).toBe(0);
    await screenshots(page, "explore-values");
  });
});

describe("the same query elsewhere", () => {
  it("is a link that shows the same to whoever opens it", async () => {
    const page = await underTest.open({
      path: `${PRESSURE}&aggregation=max&charts=one&metric=${encodeURIComponent(LABELLED)}`,
    });
    const seen = await linesOf(page, "All series");
    expect(seen).toHaveLength(3);
    await page.getByRole("button", { name: "Copy link to this moment" }).click();
    const link = new URL(await page.evaluate<string>("navigator.clipboard.readText()"));
    expect(link.searchParams.has("from")).toBe(true);
    const other = await underTest.open({ path: link.pathname + link.search });
    expect(await linesOf(other, "All series")).toEqual(seen);
    expect(await other.getByLabel("Aggregation").inputValue()).toBe("max");
  });

  it("runs as curl, with the key from the environment", async () => {
    const metric = encodeURIComponent(LABELLED);
    const page = await underTest.open({ path: `/explore?device=boiler-1&metric=${metric}&aggregation=raw` });
    await linesOf(page, LABELLED);
    await page.getByRole("button", { name: "Copy as curl" }).click();
    const command = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(command).not.toContain(underTest.platform.apiKey);
    const env = { ...process.env, TELEMETRY_API_KEY: underTest.platform.apiKey };
    const { stdout } = await run("sh", ["-c", `${command} -sS`], { env });
    const answer = JSON.parse(stdout) as { data_points: { value: number }[] };
    expect(answer.data_points.map(({ value }) => value)).toEqual(minutes(LABELLED).map(({ value }) => value));
  });

  it("is a CSV of each point", async () => {
    const metric = encodeURIComponent(LABELLED);
    const page = await underTest.open({
      path: `/explore?device=boiler-1&device=boiler-2&metric=${metric}&metric=pressure`,
    });
    await linesOf(page, "pressure");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^telemetry_.*\.csv$/);
    const [head, ...rows] = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
    expect(head).toBe("timestamp,device_id,metric_name,value,unit,tags");
    expect(rows).toHaveLength(121);
    expect(rows.filter((row) => row.includes("disk{"))).toHaveLength(40);
    await page.getByText(/KB, saved/).waitFor();
  });

  it("says so where there is nothing to download", async () => {
    const page = await underTest.open({
      path: "/explore?device=nobody&metric=flow",
      expectedComplaints: /status of 404/,
    });
    await page.getByRole("button", { name: "Download CSV" }).click();
    await page.getByText("no data of these devices and metrics in that time").waitFor();
  });
});

it.each(["light", "dark"] as const)(
  "has no serious fault for screen readers or weak eyes, and fits a phone, %s",
  async (colorScheme) => {
    const page = await underTest.open({
      path: `${PRESSURE}&device=${LONG}&metric=state&aggregation=raw&live=1`,
      colorScheme,
      viewport: { width: 390, height: 844 },
    });
    await linesOf(page, "pressure");
    await page.getByText("Values that are not numbers").first().waitFor();
    await page.getByText("Receiving").waitFor();
    await choose(page, "Devices").click();
    await page.getByRole("option").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await expectAccessible(page);
  },
);

it("says to a key that may only send that it may not look", async () => {
  const { body } = await underTest.platform.post<{ api_key: string }>("/api/v1/keys", {
    name: "sender",
    scopes: ["ingest"],
  });
  const page = await underTest.open({
    path: PRESSURE,
    key: body.api_key,
    expectedComplaints: /status of 403/,
  });
  await page.getByText("Your credential may not see or do this").first().waitFor();
});
