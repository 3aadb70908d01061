import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ALERTS, type AlertList, createRule } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { type SlackServer, startSlack } from "../slack.ts";

const DEVICES = 10_000;
const PER_MINUTE = 10;

let platform: Platform;
let slack: SlackServer;
let database: Client;

beforeAll(async () => {
  slack = await startSlack();
  platform = await startPlatform({ notifications: { allowLoopback: true, timeoutMs: 1_000 } });
  database = new Client({ connectionString: platform.databaseUrl });
  await database.connect();
});

afterAll(async () => {
  await database.end();
  await platform.stop();
  await slack.close();
});

async function count(what: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`);
  return rows[0]?.count ?? 0;
}

it("raises one alert for each of 10,000 devices that breach at once, and tells people in a few messages [FR-014, FR-016]", async () => {
  const crew = { name: "crew", kind: "slack", url: slack.webhook, events: ["nothing.else"] };
  const answer = await platform.post("/api/v1/channels", { ...crew, max_per_minute: PER_MINUTE });
  expect(answer.status).toBe(201);
  const { rule_id, metric_name } = await createRule(platform, { notification_channels: ["crew"] });
  const startedAt = Date.now();
  await breachEverywhere(String(metric_name));

  const open = async () => {
    const { body } = await platform.get<AlertList>(`${ALERTS}?rule_id=${rule_id}&limit=1`);
    return body.active_count;
  };
  await expect.poll(open, { timeout: 60_000, interval: 100 }).toBe(DEVICES);
  expect(await count("points")).toBe(DEVICES);
  expect(await count("(SELECT DISTINCT device_id FROM alerts WHERE status = 'active') AS devices")).toBe(
    DEVICES,
  );

  // Every event was told to the channel, and what that means for people is under its ceiling.
  const told = "notifications WHERE channel = 'crew' AND form = 'single'";
  await expect.poll(() => count(told), { timeout: 60_000, interval: 100 }).toBe(DEVICES);
  const minutes = Math.ceil((Date.now() - startedAt) / 60_000) + 1;
  expect(slack.posted().length).toBeGreaterThan(0);
  expect(slack.posted().length).toBeLessThanOrEqual(minutes * PER_MINUTE);
}, 150_000);

/** Each device once, in one request: as when the power comes back to a site. */
async function breachEverywhere(metric_name: string): Promise<void> {
  const point = { timestamp: at(Date.now()), metric_name, value: 95 };
  const bulk = Object.fromEntries(Array.from({ length: DEVICES }, (_, i) => [`device-${i}`, [point]]));
  const { status } = await platform.post("/api/v1/telemetry/bulk", bulk);
  expect(status).toBe(200);
}
