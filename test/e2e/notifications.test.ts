import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPublisher, type Publisher } from "../../layers/broker/publisher/index.ts";
import { type PagerDutyServer, startPagerDuty } from "../pagerduty.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { type Received, type Receiver, type Said, startReceiver } from "../receiver.ts";
import { type SlackServer, startSlack } from "../slack.ts";
import { telemetry } from "../telemetry.ts";

interface Delivery {
  state: string;
  form: string;
  count: number;
  detail: string | null;
  event_id: string;
}

const ROUTING_KEY = "0123456789abcdef0123456789ab9f3c";
const root = "/api/v1/channels";

let platform: Platform;
let publisher: Publisher;
let slack: SlackServer;
let pagerDuty: PagerDutyServer;
let hook: Receiver;
/** What PagerDuty says before it looks at a request. */
let trouble: ((request: Received) => Said | undefined) | undefined;

beforeAll(async () => {
  slack = await startSlack();
  pagerDuty = await startPagerDuty((request) => trouble?.(request));
  hook = await startReceiver(() => ({ status: 200 }));
  platform = await startPlatform({
    notifications: { allowLoopback: true, pagerDutyBase: pagerDuty.url, timeoutMs: 1_000 },
  });
  publisher = createPublisher({ url: platform.amqpUrl, source: "/shop" });
});

afterAll(async () => {
  await publisher.close();
  await platform.stop();
  await Promise.all([slack.close(), pagerDuty.close(), hook.close()]);
});

beforeEach(async () => {
  trouble = undefined;
  const { body } = await platform.get<{ channels: { name: string }[] }>(root);
  for (const { name } of body.channels) await platform.delete(`${root}/${name}`);
  await platform.runtime.dependencies.registry.notifications.forget(Number.MAX_SAFE_INTEGER);
});

const add = async (channel: object) => {
  const answer = await platform.post<{ secret?: string; address?: string } & Problem>(root, channel);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
};
const addSlack = (name: string, given: object = {}) =>
  add({ name, kind: "slack", url: slack.webhook, ...given });
const addPager = (name: string, given: object = {}) =>
  add({ name, kind: "pagerduty", routing_key: ROUTING_KEY, ...given });

const deliveriesTo = async (name: string) => {
  const { body } = await platform.get<{ deliveries: Delivery[] }>(`${root}/${name}/deliveries?limit=1000`);
  return body.deliveries;
};
const settled = (name: string, states: string[]) =>
  expect
    .poll(async () => (await deliveriesTo(name)).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(states);
const deliverLater = () => platform.runtime.functions.schedule["deliver-notifications"]?.();
const publish = (type: string, data: object, given: { time?: string; id?: string } = {}) =>
  publisher.publish(type, data, { critical: true, ...given });

describe("errors.events", () => {
  it("reaches Slack and PagerDuty, from AMQP and from HTTP [BUS-20]", async () => {
    await addSlack("ops");
    await addPager("on-call", { minimum_severity: "error" });
    await publish("api.error", { message: "boom", error_type: "TypeError", endpoint: "/cart" });
    const event = {
      ...{ specversion: "1.0", id: "http-1", source: "/billing", type: "api.error" },
      data: { error: { message: "no funds", type: "PaymentError" }, endpoint: "/pay" },
    };
    const headers = { "content-type": "application/cloudevents+json" };
    expect((await platform.post("/api/v1/events", event, { headers })).status).toBe(202);
    await settled("ops", ["sent", "sent"]);
    await settled("on-call", ["sent", "sent"]);
    expect(slack.posted()).toEqual(
      expect.arrayContaining(["❌ TypeError at /cart: boom", "❌ PaymentError at /pay: no funds"]),
    );
    expect(pagerDuty.incidents().map(({ summary }) => summary)).toEqual(
      expect.arrayContaining(["TypeError at /cart: boom", "PaymentError at /pay: no funds"]),
    );
  });

  it("of a thousand errors of one kind reaches people in one message, and the rest is counted, each once [BUS-20]", async () => {
    await addSlack("ops");
    const before = slack.received.length;
    const error = (i: number) =>
      publish("api.error", { message: `storm ${i}`, endpoint: "/storm" }, { id: `storm-${i}` });
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => error(i)));
    await Promise.all(Array.from({ length: 100 }, (_, i) => error(i * 7)));
    // A queue keeps its order: once this is told, so is whatever was published before.
    await publish("edge.disk.low", { device_id: "the end of the storm" });
    await settled("ops", ["sent", "sent"]);
    expect(slack.received.length - before).toBe(2);
    await endWindows();
    await deliverLater();
    await settled("ops", ["sent", "sent", "sent"]);
    const deliveries = await deliveriesTo("ops");
    expect(deliveries.map(({ form, count }) => [form, count])).toEqual([
      ["summary", 999],
      ["first", 1],
      ["first", 1],
    ]);
    expect(slack.posted().at(-1)).toMatch(/^❌ 999 more: Error at \/storm: storm \d+$/);
  });

  it("that edges publish reaches people", async () => {
    await addSlack("ops");
    await publish("edge.disk.low", { device_id: "gw-7", used_percent: 91 });
    await publish("edge.data.dropped", { device_id: "gw-7", count: 12, reason: "max_age" });
    await publish("edge.started", { device_id: "gw-7" });
    await settled("ops", ["sent", "sent"]);
    expect(slack.posted().slice(-2)).toEqual(["⚠️ Disk is filling up on gw-7", "❌ Data was dropped on gw-7"]);
  });

  /** As if the five minutes were over. */
  async function endWindows(): Promise<void> {
    const client = new Client({ connectionString: platform.databaseUrl });
    await client.connect();
    await client.query("UPDATE notification_groups SET window_ends_at = 0");
    await client.end();
  }
});

describe("an alert", () => {
  const alert = (id: string, given: object = {}) => ({
    alert_id: id,
    rule_id: "rul_1",
    rule_name: "High CPU",
    device_id: "gw-7",
    metric_name: "cpu",
    level: "critical",
    notification_channels: ["on-call"],
    ...given,
  });
  const incidentOf = (id: string) => pagerDuty.incidents().find(({ dedupKey }) => dedupKey === `alert ${id}`);

  it("opens one incident, which is acknowledged and resolved under the same key", async () => {
    await addPager("on-call", { events: ["nothing.else"] });
    await addSlack("bystander", { events: ["api.error"] });
    await publish("alert.triggered", alert("alr_1"));
    await publish("alert.acknowledged", { alert_id: "alr_1" });
    await expect.poll(() => incidentOf("alr_1")?.state, { timeout: 10_000 }).toBe("acknowledged");
    await publish("alert.resolved", { alert_id: "alr_1" });
    await expect
      .poll(() => incidentOf("alr_1"), { timeout: 10_000 })
      .toMatchObject({
        state: "resolved",
        summary: "High CPU on gw-7",
        repeats: 0,
      });
    expect(await deliveriesTo("bystander")).toEqual([]);
  });

  it("pages nobody when its end overtook it", async () => {
    await addPager("on-call");
    await publish("alert.resolved", alert("alr_2"));
    await settled("on-call", ["sent"]);
    await publish("alert.triggered", alert("alr_2"), { time: at(Date.now() - 60_000) });
    await settled("on-call", ["superseded", "sent"]);
    expect(incidentOf("alr_2")).toBeUndefined();
  });

  it("of whose rule nobody is told is told nobody", async () => {
    await addSlack("ops", { minimum_severity: "info" });
    await publish("alert.rule.created", { rule_id: "rul_1", level: "emergency" });
    await publish("alert.triggered", alert("alr_3", { notification_channels: ["ops"] }));
    await settled("ops", ["sent"]);
    expect((await deliveriesTo("ops"))[0]).toMatchObject({ form: "single" });
  });

  it("reaches those whose patterns it fits where its rule names channels that there are not", async () => {
    await addSlack("ops");
    await publish("alert.triggered", alert("alr_4", { notification_channels: ["tpyo"] }));
    await settled("ops", ["sent"]);
  });

  it("arrives once the receiver is back, while others were told at once", async () => {
    trouble = () => ({ status: 503 });
    await addPager("on-call");
    await addSlack("ops");
    await publish("alert.triggered", alert("alr_5", { notification_channels: ["on-call", "ops"] }));
    await settled("ops", ["sent"]);
    await settled("on-call", ["pending"]);
    trouble = undefined;
    const changed = { kind: "pagerduty", enabled: true };
    expect((await put("on-call", changed)).status).toBe(200);
    await deliverLater();
    await settled("on-call", ["sent"]);
    expect(incidentOf("alr_5")).toMatchObject({ state: "triggered", repeats: 0 });
  });
});

async function put(name: string, body: object) {
  const headers = { "x-api-key": platform.apiKey, "content-type": "application/json" };
  const answer = await fetch(`${platform.url}${root}/${name}`, {
    method: "PUT",
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe("channels", () => {
  it("are listed without their secrets, and keep what a change leaves out", async () => {
    const { secret } = await add({
      name: "hook",
      kind: "webhook",
      url: `${hook.url}/a?token=0123456789hidden`,
    });
    expect(secret).toMatch(/^[\w-]{43}$/);
    await addSlack("ops");
    await addPager("on-call");
    await add({ name: "mail", kind: "email", to: ["a@example.com"] });
    const changed = await put("hook", { kind: "webhook", events: ["alert.#"], minimum_severity: "info" });
    expect(changed).toMatchObject({ status: 200, body: { events: ["alert.#"], max_per_minute: 60 } });
    const { body } = await platform.get<{ channels: { name: string; address: string }[] }>(root);
    expect(Object.fromEntries(body.channels.map(({ name, address }) => [name, address]))).toEqual({
      hook: `${hook.url}/…dden`,
      mail: "a@example.com",
      "on-call": "…9f3c (us)",
      ops: `${slack.url}/…cret`,
    });
    expect(JSON.stringify([body, changed])).not.toMatch(new RegExp(`${secret}|hidden|T000|${ROUTING_KEY}`));
    const channel = await platform.runtime.dependencies.registry.channels.find("hook");
    expect(channel?.target).toEqual({ kind: "webhook", url: `${hook.url}/a?token=0123456789hidden`, secret });
  });

  it.each([
    [{ name: "x", kind: "carrier-pigeon" }, 400, "kind"],
    [{ name: "x", kind: "slack" }, 400, "url"],
    [{ name: "x y", kind: "email", to: ["a@example.com"] }, 400, "name"],
    [{ name: "x", kind: "email", to: ["nobody"] }, 400, "to[0]"],
    [{ name: "x", kind: "email", to: ["a@example.com"], cc: [] }, 400, "cc"],
    [{ name: "x", kind: "pagerduty", routing_key: "short" }, 400, "routing_key"],
    [{ name: "x", kind: "email", to: ["a@example.com"], events: ["a..b"] }, 400, "events[0]"],
    [{ name: "x", kind: "webhook", url: "http://example.com/" }, 422, "url"],
    [{ name: "x", kind: "webhook", url: "https://169.254.169.254/" }, 422, "url"],
    [{ name: "x", kind: "slack", url: "https://user:pass@example.com/" }, 422, "url"],
  ])("are refused where they are wrong: %j", async (channel, status, path) => {
    const answer = await platform.post<Problem>(root, channel);
    expect(answer).toMatchObject({ status, body: { errors: [expect.objectContaining({ path })] } });
  });

  it("have one name each, and are changed by admins only", async () => {
    await addSlack("ops");
    expect((await platform.post(root, { name: "ops", kind: "email", to: ["a@example.com"] })).status).toBe(
      409,
    );
    const created = await platform.post<{ api_key: string }>("/api/v1/keys", {
      name: "operator",
      scopes: ["operate"],
    });
    const key = created.body.api_key;
    expect((await platform.get(root, { key })).status).toBe(403);
    expect((await platform.post(root, {}, { key })).status).toBe(403);
    expect((await platform.delete(`${root}/ops`, { key })).status).toBe(403);
    expect((await platform.get(`${root}/ops/deliveries`, { key })).status).toBe(200);
    expect((await platform.post(`${root}/ops/test`, "", { key })).status).toBe(200);
    for (const path of ["/test", "/deliveries"]) {
      const method =
        path === "/test" ? platform.post(`${root}/nobody${path}`, "") : platform.get(`${root}/nobody${path}`);
      expect((await method).status).toBe(404);
    }
  });

  it("say what the other side answered to a test, and leave no incident behind", async () => {
    await addSlack("ops", { url: `${slack.url}/services/of/nobody` });
    await addPager("on-call");
    const toSlack = await platform.post(`${root}/ops/test`, "");
    expect(toSlack.body).toEqual({ delivered: false, may_pass_later: false, detail: "404 no_service" });
    const toPager = await platform.post(`${root}/on-call/test`, "");
    expect(toPager.body).toMatchObject({ delivered: true, detail: expect.stringContaining("202") });
    expect(pagerDuty.incidents().at(-1)).toMatchObject({
      summary: "Test of the channel on-call",
      state: "resolved",
    });
  });

  it("write mail into files where nothing sends it", async () => {
    await add({ name: "mail", kind: "email", to: ["a@example.com"] });
    await publish("api.error", { message: "Grüße\nand more", endpoint: "/mail", error_type: "MailError" });
    await settled("mail", ["sent"]);
    const [file = ""] = await readdir(join(platform.home, "mail"));
    const mail = await readFile(join(platform.home, "mail", file), "utf8");
    expect(mail).toMatch(/^To: a@example.com\r$/m);
    const [, encoded = ""] = /text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(mail) ?? [];
    expect(Buffer.from(encoded, "base64").toString()).toContain("MailError at /mail: Grüße and more");
  });

  it("are added, tried, looked at and removed from the command line", async () => {
    const env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
    const run = (...args: string[]) => telemetry(["channels", ...args], { env });
    const added = await run(
      "add",
      "cli",
      "--webhook",
      `${hook.url}/cli`,
      "--events",
      "alert.#",
      "--min-severity",
      "error",
    );
    expect(added).toMatchObject({ code: 0, err: expect.stringContaining("cli is there (webhook: ") });
    expect(added.out).toMatch(/^[\w-]{43}\n$/);
    expect((await run("list")).out).toMatch(/^cli +webhook +alert\.# from error +http:/);
    expect(await run("test", "cli")).toMatchObject({ code: 0, out: "cli took it: 200\n" });
    expect(hook.received.at(-1)).toMatchObject({ path: "/cli" });
    await publish("alert.triggered", { alert_id: "alr_9", rule_name: "Low oil", level: "error" });
    await settled("cli", ["sent"]);
    expect((await run("deliveries", "cli")).out).toMatch(/ sent +error +Low oil\n$/);
    expect(
      await run("add", "both", "--slack", "https://a.example/", "--email", "a@example.com"),
    ).toMatchObject({ code: 2 });
    expect(await run("remove", "cli")).toMatchObject({ code: 0 });
    expect(await run("remove", "cli")).toMatchObject({
      code: 1,
      err: expect.stringContaining('no channel "cli"'),
    });
  });
});
