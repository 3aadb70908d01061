import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ALERTS, alertsOf, createRule, report } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { dashboards, documentedSql, type Panel } from "./dashboards.ts";
import { type Given, interpolated } from "./macros.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DEVICES = ["boiler-1", "boiler-2"];
const batched = { headers: { "content-type": "application/cloudevents-batch+json" } };
const now = Date.now();

let platform: Platform;
let client: pg.Client;
const role = `grafana_${randomUUID().replaceAll("-", "")}`;

const event = (id: string, type: string, data: object, ms = now - 2 * HOUR) => ({
  ...{ specversion: "1.0", source: "/test", id, type, time: at(ms), data },
});

const events = [
  event("q0", "model.queried", {
    model_id: "m0",
    vendor_id: "openai",
    endpoint: "/models/m0",
    cache_hit: true,
  }),
  ...Array.from({ length: 100 }, (_, i) =>
    event(`l${i}`, "api.latency", { duration_ms: i + 1, endpoint: "/models", status: i < 95 ? 200 : 500 }),
  ),
  // Older than its queue remembers events: a dead letter.
  event("old", "model.updated", { model_id: "m0" }, now - 80 * HOUR),
];

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(sql)).rows;
}

const numberOf = async (sql: string): Promise<number> => Number((await rowsOf(sql))[0]?.number);
const comesToPass = (condition: () => Promise<void>) =>
  vi.waitFor(condition, { timeout: 20_000, interval: 100 });

/** An alert for each device: one is open, one was acknowledged and resolved. */
async function raiseAlerts(): Promise<void> {
  const rule = await createRule(platform, { metric_name: "temperature", level: "critical" });
  for (const device of DEVICES) {
    const metric = String(rule.metric_name);
    await report(platform, { device, metric, values: [10, 20, 60], secondsAgo: 2 * 3_600 });
    await report(platform, { device, metric, values: [95] });
  }
  await comesToPass(async () => expect(await alertsOf(platform, {})).toHaveLength(DEVICES.length));
  const [alert] = await alertsOf(platform, { device_id: "boiler-1" });
  for (const deed of ["acknowledge", "resolve"]) {
    expect((await platform.put(`${ALERTS}/${alert?.alert_id}/${deed}`, {})).status).toBe(200);
  }
}

beforeAll(async () => {
  platform = await startPlatform();
  client = new pg.Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const [createRole = ""] = documentedSql();
  await client.query(createRole.replaceAll(/\bgrafana\b/g, role));
  expect((await platform.post("/api/v1/events", events, batched)).status).toBe(202);
  await raiseAlerts();
  await comesToPass(async () => {
    expect(await numberOf("SELECT count(*) AS number FROM dead_letters")).toBe(1);
    expect(
      await numberOf("SELECT sum(count) AS number FROM usage_counts WHERE span = 1 AND type = 'api.latency'"),
    ).toBe(100);
    await platform.runtime.functions.schedule["roll-up"]?.();
    expect(await numberOf("SELECT count(*) AS number FROM rollups WHERE max = 60")).toBe(DEVICES.length);
  });
  await client.query(`SET ROLE ${role}`);
});

afterAll(async () => {
  await client.query("RESET ROLE");
  await client.query(`DROP OWNED BY ${role}`);
  await client.query(`DROP ROLE ${role}`);
  await client.end();
  await platform.stop();
});

const chosen = {
  metric: ["temperature"],
  device: DEVICES,
  aggregation: ["avg"],
  level: ["info", "warning", "error", "critical", "emergency"],
};

const milliseconds = { "1s": 1_000, "1m": MINUTE, "1h": HOUR };

const givenTo = ({ interval = "1m" }: Pick<Panel, "interval">): Given => ({
  ...{ from: now - 6 * HOUR, to: Date.now() + MINUTE, intervalMs: milliseconds[interval], variables: chosen },
});

const panels = dashboards.flatMap(({ file, dashboard }) =>
  dashboard.panels.map((panel) => ({ file, title: panel.title, panel })),
);

async function answerOf(title: string, given: Partial<Given> = {}): Promise<Record<string, unknown>[]> {
  const found = panels.find((panel) => panel.title === title);
  const [target] = found?.panel.targets ?? [];
  if (!found || !target) throw new Error(`expected a panel "${title}"`);
  return rowsOf(interpolated(target.rawSql, { ...givenTo(found.panel), ...given }));
}

describe("the dashboards", () => {
  it("have a uid and a title each, and panels that do not lie on each other", () => {
    expect(dashboards.map(({ file }) => file).sort()).toEqual([
      "alerts.json",
      "bus.json",
      "measurements.json",
    ]);
    for (const key of ["uid", "title"] as const) {
      expect(new Set(dashboards.map(({ dashboard }) => dashboard[key])).size).toBe(dashboards.length);
    }
    for (const { dashboard } of dashboards) {
      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
      const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
    }
  });

  it.each(panels)("$file: $title answers, and in the form that its panel draws", async ({ panel }) => {
    for (const { rawSql, format } of panel.targets) {
      const rows = await rowsOf(interpolated(rawSql, givenTo(panel)));
      expect(rows.length).toBeGreaterThan(0);
      if (format === "table") continue;
      for (const { time, metric, ...values } of rows) {
        expect(Number(time) * 1_000).toBeGreaterThan(now - 7 * HOUR);
        expect(["string", "undefined"]).toContain(typeof metric);
        for (const value of Object.values(values)) expect(value).toBeTypeOf("number");
      }
    }
  });

  it.each(
    dashboards.flatMap(({ file, dashboard }) =>
      dashboard.templating.list
        .filter(({ type }) => type === "query")
        .map(({ name, query }) => ({ file, name, query })),
    ),
  )("$file: $name has what can be chosen", async ({ name, query }) => {
    const rows = await rowsOf(interpolated(query, givenTo({})));
    expect(rows.flatMap((row) => Object.values(row))).toEqual(
      expect.arrayContaining(chosen[name as keyof typeof chosen]),
    );
  });
});

describe("the panels", () => {
  it("aggregate points as was chosen, and hours from what was summed up", async () => {
    const title = "$aggregation of each interval";
    for (const [aggregation, expected] of Object.entries({ min: 10, max: 95 })) {
      const variables = { ...chosen, device: ["boiler-2"], aggregation: [aggregation] };
      const values = await answerOf(title, { intervalMs: HOUR, variables });
      expect(new Set(values.map(({ metric }) => metric))).toEqual(new Set(["boiler-2 temperature"]));
      expect(values.map(({ value }) => value)).toContain(expected);
    }
    const weeks = await answerOf("Over weeks: average, least and greatest of whole hours");
    const greatest = weeks
      .filter(({ metric }) => metric === "boiler-2 temperature")
      .map((row) => row.greatest);
    expect(greatest).toContain(60);
  });

  it("count open alerts now and over time", async () => {
    expect(await answerOf("Open alerts")).toEqual([{ active: "1", acknowledged: "0" }]);
    const critical = (await answerOf("Open at the time")).filter(({ metric }) => metric === "critical");
    expect(critical.at(0)?.value).toBe(0);
    expect(critical.at(-1)?.value).toBe(1);
    expect(await answerOf("Open alerts", { variables: { level: ["info"] } })).toEqual([
      { active: "0", acknowledged: "0" },
    ]);
  });

  it.each([MINUTE, HOUR, 24 * HOUR])(
    "tell latencies within one percent, at intervals of %i ms",
    async (intervalMs) => {
      const rows = await answerOf("API calls", { intervalMs, from: now - 48 * HOUR });
      const found = Object.fromEntries(rows.map(({ metric, value }) => [metric, Number(value)]));
      for (const [metric, exact] of Object.entries({ p50: 50, p95: 95, p99: 99 })) {
        expect(Math.abs((found[metric] ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.021);
      }
      expect(await answerOf("API calls that failed", { intervalMs, from: now - 48 * HOUR })).toMatchObject([
        { metric: "/models", value: 0.05 },
      ]);
    },
  );
});

describe("the article", () => {
  it("has a role that reads neither keys nor channels nor the bodies of dead letters, and writes nothing", async () => {
    for (const sql of [
      "SELECT * FROM api_keys",
      "SELECT target FROM channels",
      "SELECT body FROM dead_letters",
      "SELECT message FROM dead_letters",
      "DELETE FROM alerts",
      "CREATE TABLE mine ()",
    ]) {
      await expect(rowsOf(sql), sql).rejects.toThrow(/permission denied/);
    }
  });

  it("has a panel that answers", async () => {
    const [, panel = ""] = documentedSql();
    expect((await rowsOf(interpolated(panel, givenTo({})))).length).toBeGreaterThan(0);
  });
});
