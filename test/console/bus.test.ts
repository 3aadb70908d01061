import { describe, expect, it } from "vitest";
import { type Bus, layoutOf, NODE, pathThrough } from "../../apps/console/views/bus/layout.ts";
import { topology } from "../../layers/topology/topology.ts";
import { point } from "../points.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { pastEveryDoor } from "./past-every-door.ts";

const underTest = consoleUnderTest();

const publish = pastEveryDoor(() => underTest.platform.amqpUrl);

const put = (exchange: string, key: string, headers: object = {}) =>
  publish({ exchange, key, headers, body: "{" });

describe("the bus", () => {
  it("is drawn, and listed, with every queue; one of them shows its way and its facts", async () => {
    const { platform } = underTest;
    await platform.post("/api/v1/telemetry/devices/device_001/telemetry", point());
    await put("retry.return", "metrics.updates");
    const letters = async () =>
      (await platform.get<{ count: number }>("/api/v1/dead-letters?queue=metrics.updates")).body.count;
    await expect.poll(letters, { timeout: 15_000 }).toBe(1);

    const page = await underTest.open({ path: "/bus" });
    const names = topology()
      .queues.filter(({ enabled }) => enabled)
      .map(({ name }) => name);
    const table = page.getByRole("table", { name: "Queues" });
    for (const name of names) await table.getByText(name, { exact: true }).waitFor();
    expect(await page.locator(".node.queue").count()).toBe(names.length);

    const node = page.getByRole("button", { name: /^metrics.updates / });
    await node.hover();
    await page.locator(".bus-diagram.lit").waitFor();
    expect(await page.locator(".node.exchange.lit").allTextContents()).toEqual(
      expect.arrayContaining(["models.events", "metrics.events", "errors.events"]),
    );
    expect(await page.locator(".node.consumer.lit").allTextContents()).toEqual(["count-usage"]);
    await node.focus();
    await page.keyboard.press("Enter");
    const facts = page.getByRole("region", { name: "metrics.updates" });
    await facts.getByText("api.latency").waitFor();
    expect(new URL(page.url()).searchParams.get("queue")).toBe("metrics.updates");
    await screenshots(page, "bus-queue");
    await facts.getByRole("link", { name: "See its dead letters" }).click();
    await page.getByText("1 dead").waitFor();
    expect(await page.getByLabel("Queue").inputValue()).toBe("metrics.updates");
  }, 60_000);

  it("lists subscribers' own queues in which something died, whatever their names", async () => {
    const queue = "<img src=x onerror=alert(1)>";
    await put("dead.letters", queue, { "x-failed-queue": queue, "x-error-type": "E" });
    const path = `/api/v1/dead-letters?queue=${encodeURIComponent(queue)}`;
    const letters = async () => (await underTest.platform.get<{ count: number }>(path)).body.count;
    await expect.poll(letters, { timeout: 15_000 }).toBe(1);
    const page = await underTest.open({ path: "/bus" });
    const others = page.getByRole("table", { name: "Subscribers' own queues" });
    await others.getByText(queue).waitFor();
    expect(await page.locator("main :is(img, script, iframe)").count()).toBe(0);
  });

  it("says in its facts too that more died than were looked at", async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => ({
      ...{ exchange: "dead.letters", key: "audit.trail", body: `{ ${i}` },
      headers: { "x-failed-queue": "audit.trail", "x-error-type": "E" },
    }));
    await publish(...many);
    const path = "/api/v1/dead-letters?queue=audit.trail&limit=1";
    const letters = async () => (await underTest.platform.get<{ count: number }>(path)).body.count;
    await expect.poll(letters, { timeout: 60_000 }).toBe(many.length);
    const page = await underTest.open({ path: "/bus?queue=audit.trail" });
    await page.getByRole("region", { name: "audit.trail" }).getByRole("link", { name: "1,000+" }).waitFor();
    const row = page
      .getByRole("table", { name: "Queues" })
      .getByRole("row")
      .filter({ hasText: "logs.entries" });
    await row.getByRole("link", { name: "0+" }).waitFor();
  }, 90_000);

  it("is a table alone on a phone", async () => {
    const page = await underTest.open({ path: "/bus", viewport: { width: 390, height: 844 } });
    await page.getByRole("table", { name: "Queues" }).getByText("audit.trail").waitFor();
    expect(await page.locator(".bus-diagram").isVisible()).toBe(false);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });

  it.each(["light", "dark"] as const)(
    "has no serious fault for screen readers or weak eyes, %s",
    async (colorScheme) => {
      const page = await underTest.open({ path: "/bus", colorScheme });
      await page.getByRole("table", { name: "Queues" }).getByText("audit.trail").waitFor();
      await screenshots(page, "bus");
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await page.getByRole("button", { name: /^telemetry.stream / }).press("Enter");
      await page.getByText("Holds at most").waitFor();
      await expectAccessible(page);
    },
  );
});

it("says that a key that may only send may not see it", async () => {
  const { body } = await underTest.platform.post<{ api_key: string }>("/api/v1/keys", {
    name: "sender",
    scopes: ["ingest"],
  });
  const page = await underTest.open({ path: "/bus", key: body.api_key, expectedComplaints: /status of 403/ });
  await page.getByText("Your credential may not see or do this").waitFor();
});

/** As the API describes the platform's own table. */
function busOf({ exchanges, queues, bindings }: ReturnType<typeof topology>): Bus {
  return {
    exchanges: exchanges.map(({ name, type, alternate = null }) => ({ name, type, alternate })),
    queues: queues.map(({ name, kind, consumer = null }) => ({
      ...{ name, kind, consumer, ready: 0, consumers: 1 },
      ...{ max_length: null, growth_per_second: null },
    })),
    bindings: [...bindings],
    growth_over_seconds: null,
  };
}

describe("the drawing", () => {
  const layout = layoutOf(busOf(topology({ partitions: 16 })));

  it("has every box within it, and none upon another", () => {
    for (const { x, y } of layout.nodes) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + NODE.height).toBeLessThanOrEqual(layout.height);
      expect(x + NODE.width).toBeLessThanOrEqual(layout.width);
    }
    const columns = Map.groupBy(layout.nodes, ({ x }) => x);
    for (const nodes of columns.values()) {
      const ys = nodes.map(({ y }) => y).sort((a, b) => a - b);
      for (const [i, y] of ys.slice(1).entries())
        expect(y - (ys[i] ?? 0)).toBeGreaterThanOrEqual(NODE.height);
    }
  });

  it("has one line for all bindings of an exchange to a queue", () => {
    const keys = layout.edges.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("knows what lies on a way: what leads to a box and where it leads, and nothing beside", () => {
    const on = pathThrough("queue audit.trail", layout.edges);
    expect([...on].filter((key) => layout.nodes.some((node) => node.key === key)).sort()).toEqual([
      "consumer append-audit",
      "exchange models.events",
      "queue audit.trail",
    ]);
  });
});
