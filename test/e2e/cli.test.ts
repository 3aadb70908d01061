import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRunFile } from "../../apps/local/run-file.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { startProxy } from "../proxy.ts";
import { startTelemetry, telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

let platform: Platform;
let folder: string;
let env: Record<string, string>;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  [platform, folder] = await Promise.all([startPlatform(), temporaryHome()]);
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey, RABBITMQ_URL: platform.amqpUrl };
  connection = await connect(platform.amqpUrl);
  channel = await connection.createChannel();
});

afterAll(async () => {
  await connection.close();
  await platform.stop();
  await rm(folder, { recursive: true });
});

/** A queue of the test's own that takes what the pattern matches. */
async function queueFor(pattern: string): Promise<string> {
  const { queue } = await channel.assertQueue("", { exclusive: true });
  await channel.bindQueue(queue, "domain.events", pattern);
  return queue;
}

async function take(queue: string): Promise<Record<string, unknown>> {
  const message = await channel.get(queue, { noAck: true });
  if (!message) throw new Error(`expected an event in ${queue}`);
  return JSON.parse(message.content.toString("utf8")) as Record<string, unknown>;
}

async function fileWith(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe("telemetry", () => {
  it("says what it can do, and what a verb takes", async () => {
    const { code, out } = await telemetry(["--help"]);
    expect(code).toBe(0);
    for (const verb of ["up", "publish", "import", "tail", "doctor", "keys"])
      expect(out).toContain(`  ${verb}`);
    for (const verb of ["up", "publish", "import", "tail", "doctor"]) {
      expect((await telemetry([verb, "--help"])).out).toContain("Examples:");
    }
  });

  it("ends with 2 when it is asked for wrongly, and with 1 when it fails", async () => {
    expect(await telemetry(["publish"])).toMatchObject({ code: 2, err: expect.stringContaining("type") });
    expect(await telemetry(["import", "a.csv", "--batch", "0"])).toMatchObject({ code: 2 });
    expect(await telemetry(["keys", "list"], { env: { TELEMETRY_HOME: folder } })).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("start one with npm start"),
    });
  });

  it("writes no colours where nobody sees them", async () => {
    const colourless = await telemetry(["keys", "list"], { env: { ...env, NO_COLOR: "" } });
    expect(colourless.out + colourless.err).not.toContain("\u001b");
  });
});

describe("telemetry publish", () => {
  it("publishes the payload of a file with its correlation id and parents [EVT-03]", async () => {
    const queue = await queueFor("order.parcel.shipped");
    const file = await fileWith("parcel.json", JSON.stringify({ parcel: 7 }));
    const args = ["publish", "order.parcel.shipped", "--payload-file", file, "--correlation-id", "req-7"];
    const { code, out } = await telemetry(
      [...args, "--parent", "/billing#1", "--parent", "2", "--id", "p-7"],
      { env },
    );
    expect(code).toBe(0);
    expect(out).toBe("/telemetry/cli#p-7\ncorrelation id req-7\n");
    expect(await take(queue)).toMatchObject({
      specversion: "1.0",
      id: "p-7",
      source: "/telemetry/cli",
      type: "order.parcel.shipped",
      correlation_id: "req-7",
      parentids: "/billing#1,2",
      data: { parcel: 7 },
    });
  });

  it("reads the payload from standard input or the command line", async () => {
    const queue = await queueFor("order.parcel.lost");
    const piped = ["publish", "order.parcel.lost", "--payload-file", "-", "--json"];
    const { out } = await telemetry(piped, { env, input: '{"parcel": 8}' });
    expect(JSON.parse(out)).toMatchObject({ source: "/telemetry/cli" });
    const given = ["publish", "order.parcel.lost", "--data", '{"parcel": 9}', "--source", "/shop"];
    await telemetry(given, { env });
    expect([await take(queue), await take(queue)]).toMatchObject([
      { data: { parcel: 8 }, id: JSON.parse(out).id },
      { data: { parcel: 9 }, source: "/shop" },
    ]);
  });

  it("publishes each line of a file as an event, and names the lines that are none [EVT-03]", async () => {
    const queue = await queueFor("stock.item.counted");
    const lines = Array.from({ length: 1_203 }, (_, n) => (n === 700 ? '{"n": ' : JSON.stringify({ n })));
    const file = await fileWith("items.ndjson", lines.join("\n"));
    const args = ["publish", "stock.item.counted", "--each", "--payload-file", file, "--id-field", "n"];
    const { code, err } = await telemetry(args, { env });
    expect(err).toContain("line 701: ");
    expect(err).toContain("1202 published, 1 left out");
    expect(code).toBe(1);
    await expect.poll(async () => (await channel.checkQueue(queue)).messageCount).toBe(1_202);
    expect(await take(queue)).toMatchObject({ id: "0", data: { n: 0 } });
  });

  it("says which field of a known type is missing, and that no queue takes a type", async () => {
    const incomplete = ["publish", "model.registered", "--data", '{"vendor": "acme"}'];
    expect(await telemetry(incomplete, { env })).toMatchObject({
      code: 1,
      err: "error: not a valid model.registered: data.model_id: required\n",
    });
    await channel.unbindQueue("analytics.events", "domain.events", "#");
    const { code, err } = await telemetry(["publish", "nobody.wants.this"], { env });
    await channel.bindQueue("analytics.events", "domain.events", "#");
    expect(code).toBe(1);
    expect(err).toMatch(/422 not published: .*\n {2}type: no queue takes it\n {2}request id /);
  });
});

describe("telemetry tail", () => {
  it("shows what is published under a pattern, until it is interrupted", async () => {
    const tail = startTelemetry(["tail", "order.*.placed"], { env });
    await tail.wrote("watching order.*.placed");
    await telemetry(["publish", "order.item.placed", "--data", '{"n": 1}', "--id", "t-1"], { env });
    await tail.wrote(" t-1 ");
    expect(tail.out).toMatch(/^\S+Z order\.item\.placed +\/telemetry\/cli t-1 \S+ \{"n":1\}\n$/);
    tail.signal("SIGINT");
    expect(await tail.ended).toBe(0);
  });

  it("takes nothing away from a consumer, and shows measurements under their bare type", async () => {
    const tail = startTelemetry(["tail", "telemetry.data.received", "--json"], { env });
    await tail.wrote("watching");
    const { code } = await telemetry(
      ["import", await fileWith("tail.csv", `timestamp,value\n${Date.now()},1\n`)],
      { env },
    );
    expect(code).toBe(0);
    await tail.wrote('"type":"telemetry.data.received"');
    expect(JSON.parse(tail.out)).toMatchObject({ data: { points: [{ metric_name: "tail", value: 1 }] } });
    tail.signal("SIGINT");
    await tail.ended;
    const device = JSON.parse(tail.out).data.points[0].device_id as string;
    await expect
      .poll(async () => (await platform.get(`/api/v1/telemetry/devices/${device}/metrics`)).body)
      .toContain("tail");
  });

  it("comes back after a lost connection [EVT-06]", async () => {
    const proxy = await startProxy(platform.amqpUrl);
    const tail = startTelemetry(["tail", "order.#"], { env: { ...env, RABBITMQ_URL: proxy.url } });
    await tail.wrote("watching");
    proxy.cut();
    await tail.wrote("connection lost");
    await expect.poll(() => tail.err.split("watching").length, { timeout: 20_000 }).toBe(3);
    await queueFor("order.item.returned");
    await telemetry(["publish", "order.item.returned", "--id", "t-2"], { env });
    await tail.wrote(" t-2 ");
    tail.signal("SIGTERM");
    expect(await tail.ended).toBe(0);
    await proxy.close();
  });

  it("says so at once where there is no broker", async () => {
    const nowhere = { env: { ...env, RABBITMQ_URL: "amqp://127.0.0.1:1" } };
    expect(await telemetry(["tail"], nowhere)).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot connect to the broker"),
    });
  });
});

describe("telemetry doctor", () => {
  it("finds every part of a healthy local run at work, and publishes health.check [EVT-05]", async () => {
    const home = await localRun("healthy", platform);
    const tail = startTelemetry(["tail", "health.check"], { env });
    await tail.wrote("watching");
    const { code, out } = await telemetry(["doctor"], { env: { TELEMETRY_HOME: home } });
    expect(out).not.toMatch(/^[✗–]/m);
    expect(out).toContain("✓ API key: valid, with ingest, read, admin");
    expect(out).toContain("✓ broker: health.check published and confirmed");
    expect(out).toContain("✓ dead letters: none");
    expect(code).toBe(0);
    await tail.wrote("health.check");
    tail.signal("SIGINT");
    await tail.ended;
  });

  it("says what does not work and what to do about it", async () => {
    const idle = await startPlatform({ consume: false });
    const broken = { ...idle, amqpUrl: "amqp://127.0.0.1:1" };
    const home = await localRun("idle", broken);
    const { code, out } = await telemetry(["doctor", "--json"], { env: { TELEMETRY_HOME: home } });
    await idle.stop();
    expect(code).toBe(1);
    const failed = (JSON.parse(out) as { check: string; state: string }[]).filter(
      ({ state }) => state === "failed",
    );
    expect(failed).toMatchObject([
      {
        check: "components",
        detail: expect.stringContaining("alert_engine is degraded: no consumer: telemetry.rules.0"),
      },
      {
        check: "broker",
        detail: expect.stringContaining("ECONNREFUSED"),
        todo: expect.stringContaining("RabbitMQ"),
      },
      { check: "queues", detail: expect.stringMatching(/nobody consumes .*metrics\.updates/) },
    ]);
  });

  it("knows a key that the platform does not", async () => {
    const { code, out } = await telemetry(["doctor"], { env: { ...env, TELEMETRY_API_KEY: "key_x.wrong" } });
    expect(code).toBe(1);
    expect(out).toContain("✗ API key: the platform does not know this API key");
  });
});

/** A home as `telemetry up` leaves it while it runs. */
async function localRun(name: string, run: Pick<Platform, "url" | "amqpUrl" | "databaseUrl" | "apiKey">) {
  const home = join(folder, name);
  await mkdir(home);
  const { url, amqpUrl, databaseUrl, apiKey } = run;
  await writeRunFile(home, { url, amqpUrl, databaseUrl, pid: process.pid });
  await writeFile(join(home, "api-key"), `${apiKey}\n`);
  return home;
}

describe("telemetry keys", () => {
  it("creates a key that works, lists it, and revokes it", async () => {
    const created = await telemetry(["keys", "create", "--name", "gateway 7", "--scope", "ingest"], { env });
    expect(created.code).toBe(0);
    const key = created.out.trim();
    const keyId = key.split(".")[0] ?? "";
    const asGateway = { env: { ...env, TELEMETRY_API_KEY: key } };
    expect(await telemetry(["keys", "list"], asGateway)).toMatchObject({
      code: 1,
      err: expect.stringContaining("403 this credential lacks the scope admin"),
    });
    const point = { timestamp: new Date().toISOString(), metric_name: "m", value: 1 };
    const sent = await platform.post("/api/v1/telemetry/devices/g7/telemetry", point, { key });
    expect(sent.status).toBe(200);
    expect((await telemetry(["keys", "list"], { env })).out).toMatch(
      new RegExp(`${keyId} .*ingest.*gateway 7\n`),
    );
    expect(await telemetry(["keys", "revoke", keyId], { env })).toMatchObject({ code: 0 });
    expect((await telemetry(["keys", "list"], { env })).out).toMatch(new RegExp(`${keyId} .*revoked`));
    expect(await telemetry(["keys", "revoke", keyId], { env })).toMatchObject({ code: 1 });
  });

  it("refuses a scope that there is not", async () => {
    const args = ["keys", "create", "--name", "n", "--scope", "everything"];
    expect(await telemetry(args, { env })).toMatchObject({ code: 2, err: expect.stringContaining("ingest") });
  });
});
