import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deadLetters } from "../faults/dead-letters.ts";
import { startPlatform } from "../platform.ts";
import { startProxy } from "../proxy.ts";
import { eventually, freshSubscriptions, numbers, type Subscriptions } from "../subscriptions.ts";
import { type RunningTelemetry, startTelemetry, telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

let place: Subscriptions;
let folder: string;
let env: Record<string, string>;
const running: RunningTelemetry[] = [];

beforeAll(async () => {
  [place, folder] = await Promise.all([freshSubscriptions(), temporaryHome()]);
  env = { RABBITMQ_URL: place.vhost.url };
});

afterEach(async () => {
  for (const each of running) each.signal("SIGKILL");
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

afterAll(async () => {
  await place.drop();
  await rm(folder, { recursive: true });
});

/** Starts a subscription and waits until it is one. */
async function subscribed(queue: string, ...args: string[]): Promise<RunningTelemetry> {
  const started = startTelemetry(["subscribe", "--queue", queue, ...args], { env });
  running.push(started);
  await started.wrote(`${queue} takes`);
  return started;
}

async function interrupt(subscription: RunningTelemetry): Promise<void> {
  subscription.signal("SIGINT");
  expect(await subscription.ended).toBe(0);
}

/** Makes the queue, so that it keeps what is published from here on. */
const declare = async (queue: string, ...args: string[]) => interrupt(await subscribed(queue, ...args));

/** Of the whole lines that were written. */
const idsIn = (out: string): string[] =>
  out
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe("telemetry subscribe", () => {
  it("prints every event that matches, one JSON per line, for each queue that subscribes [EVT-02]", async () => {
    const exact = await subscribed("exact", "order.placed");
    const star = await subscribed("star", "*.placed", "--count", "2");
    const hash = await subscribed("hash", "order.#");
    expect(exact.err).toBe("exact takes order.placed on domain.events\n");
    await place.publish("order.placed", "1");
    await place.publish("order.item.lost", "2");
    await place.publish("parcel.placed", "3");
    expect(await star.ended).toBe(0);
    expect(idsIn(star.out)).toEqual(["1", "3"]);
    await eventually(() => idsIn(hash.out)).toEqual(["1", "2"]);
    expect(idsIn(exact.out)).toEqual(["1"]);
    expect(JSON.parse(exact.out)).toMatchObject({
      specversion: "1.0",
      source: "/test",
      type: "order.placed",
    });
    await interrupt(exact);
    await interrupt(hash);
  });

  it("keeps what comes while it is away, and takes no more than it is asked for [EVT-02]", async () => {
    await declare("durable", "stock.#");
    await place.publish("stock.counted", ...numbers(10));
    const args = ["subscribe", "stock.#", "--queue", "durable", "--count"];
    const first = await telemetry([...args, "4"], { env });
    expect(first.code).toBe(0);
    expect(idsIn(first.out)).toEqual(["0", "1", "2", "3"]);
    await eventually(() => place.ready("durable")).toBe(6);
    expect(idsIn((await telemetry([...args, "6"], { env })).out)).toEqual(numbers(10).slice(4));
  });

  it("loses nothing when it is killed: what was not acknowledged comes again [EVT-02]", async () => {
    await declare("killed", "bulk.#");
    await place.publish("bulk.sent", ...numbers(3_000));
    const seen: string[] = [];
    for (const lines of [1, 400, 900]) {
      const subscription = startTelemetry(["subscribe", "bulk.#", "--queue", "killed"], { env });
      await eventually(() => subscription.out.split("\n").length, 1).toBeGreaterThan(lines);
      subscription.signal("SIGKILL");
      await subscription.ended;
      seen.push(...idsIn(subscription.out));
    }
    const last = await subscribed("killed", "bulk.#");
    const all = () => new Set([...seen, ...idsIn(last.out)]);
    await eventually(() => all().size).toBe(3_000);
    await eventually(() => place.ready("killed")).toBe(0);
    await interrupt(last);
    expect(await place.ready("killed")).toBe(0);
  });

  it("ends quietly when its reader has seen enough, and keeps what that did not read", async () => {
    await declare("headed", "pipe.#");
    await place.publish("pipe.sent", ...numbers(50));
    const program = fileURLToPath(new URL("../../bin/telemetry.ts", import.meta.url));
    const line = `"${process.execPath}" "${program}" subscribe 'pipe.#' --queue headed | head -n 3`;
    const shell = spawn("sh", ["-c", line], { env: { PATH: process.env.PATH, ...env } });
    const [out, err] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, "close")]);
    expect(idsIn(out)).toEqual(["0", "1", "2"]);
    expect(err.trim().split("\n")).toHaveLength(1);
    await eventually(() => place.ready("headed")).toBeGreaterThan(0);
    const rest = await subscribed("headed", "pipe.#");
    await eventually(() => idsIn(rest.out).at(-1)).toBe("49");
    await interrupt(rest);
  });

  it("comes back after a lost connection [EVT-06]", async () => {
    const proxy = await startProxy(place.vhost.url);
    const args = ["subscribe", "lost.#", "--queue", "cut"];
    const subscription = startTelemetry(args, { env: { RABBITMQ_URL: proxy.url } });
    running.push(subscription);
    await subscription.wrote("cut takes");
    proxy.break();
    await subscription.wrote("not connected; connecting again");
    await place.publish("lost.found", "1");
    proxy.heal();
    await eventually(() => idsIn(subscription.out)).toEqual(["1"]);
    await interrupt(subscription);
    await proxy.close();
  });

  it("warns when its queue is nearly full", async () => {
    const limited = ["full.#", "--max-length", "10"];
    await declare("nearly-full", ...limited);
    await place.publish("full.up", ...numbers(30));
    const prefetch = ["--exec", "cat > /dev/null; exit 75", "--prefetch", "1"];
    const subscription = await subscribed("nearly-full", ...limited, ...prefetch);
    await eventually(() => subscription.err).toMatch(
      /nearly-full holds (9|10) events; from 10 on the oldest are dropped/,
    );
  });
});

describe("telemetry subscribe --exec", () => {
  it("runs a program for each event and goes by how it ends [EVT-02]", async () => {
    const log = join(folder, "log");
    const command = await script(`
      const { readFileSync, appendFileSync } = require("node:fs");
      const log = ${JSON.stringify(log)};
      const { id } = JSON.parse(readFileSync(0, "utf8"));
      const before = readFileSync(log, "utf8").split("\\n").filter((line) => line === id).length;
      appendFileSync(log, id + "\\n");
      if (id === "refused") process.exit(65);
      if (id === "away" && before < 2) process.exit(75);
      if (id === "again" && before < 1) process.exit(3);
    `);
    await writeFile(log, "");
    const subscription = await subscribed("run", "job.#", "--exec", command);
    await place.publish("job.started", "good", "refused", "away", "again", "last");
    const lines = async () => (await readFile(log, "utf8")).trim().split("\n");
    await eventually(lines).toEqual(["good", "refused", "away", "away", "away", "again", "last", "again"]);
    expect(await deadLetters(place.vhost.url)).toMatchObject([
      { queue: "run", messageId: "refused", errorCode: "command_refused" },
    ]);
    expect(subscription.err).toContain(
      "event will be tried again (again, attempt 1): the command ended with 3",
    );
    await interrupt(subscription);
    expect(await place.ready("run")).toBe(0);
  });

  it("ends when its command cannot be run, and leaves the event where it is", async () => {
    await declare("mistyped", "typo.#");
    await place.publish("typo.made", "1");
    const args = ["subscribe", "typo.#", "--queue", "mistyped", "--exec", "no-such-program-anywhere"];
    const { code, err } = await telemetry(args, { env });
    expect(code).toBe(1);
    expect(err).toContain("error: the command ended with 127: it cannot be run");
    await eventually(() => place.ready("mistyped")).toBe(1);
  });
});

it("an event that a subscriber refuses is recorded by the platform, under its queue [EVT-02]", async () => {
  const platform = await startPlatform();
  const options = { env: { RABBITMQ_URL: platform.amqpUrl } };
  const subscription = startTelemetry(
    ["subscribe", "order.#", "--queue", "shop", "--exec", "exit 65"],
    options,
  );
  running.push(subscription);
  await subscription.wrote("shop takes");
  const event = { specversion: "1.0", id: "1", source: "/shop", type: "order.placed", data: {} };
  const headers = { "content-type": "application/cloudevents+json" };
  expect((await platform.post("/api/v1/events", event, { headers })).status).toBe(202);
  await eventually(async () => (await platform.get("/api/v1/dead-letters?queue=shop")).body).toMatchObject({
    dead_letters: [{ queue: "shop", event_id: "1", error: { code: "command_refused" } }],
  });
  await interrupt(subscription);
  await platform.stop();
});

describe("telemetry subscribe --remove", () => {
  it("deletes the queue, unless events wait in it and it is not forced [EVT-02]", async () => {
    const remove = (...more: string[]) =>
      telemetry(["subscribe", "--queue", "gone", "--remove", ...more], { env });
    expect(await remove()).toMatchObject({ code: 1, err: "error: there is no queue gone\n" });
    await declare("gone", "gone.#");
    await place.publish("gone.soon", "1", "2");
    expect(await remove()).toMatchObject({
      code: 1,
      err: "error: gone holds 2 events and has 0 consumers\n",
    });
    expect(await remove("--force")).toMatchObject({
      code: 0,
      err: "gone is removed, and 2 events with it\n",
    });
    await expect(place.ready("gone")).rejects.toThrow("no queue 'gone'");
  });

  it("touches no queue of the platform's own", async () => {
    const { code, err } = await telemetry(
      ["subscribe", "--queue", "metrics.updates", "--remove", "--force"],
      {
        env,
      },
    );
    expect(code).toBe(2);
    expect(err).toContain('"metrics.updates" is a queue of the platform\'s own');
  });
});

describe("telemetry subscribe, asked for wrongly,", () => {
  it.each([
    [["--queue", "q"], "expected at least one pattern"],
    [["order.#"], "--queue"],
    [["order..x", "--queue", "q"], '"order..x": word 2 is empty'],
    [["order.#", "--queue", "q", "--force"], "--force needs --remove"],
    [["order.#", "--queue", "q", "--concurrency", "2"], "--concurrency needs --exec"],
    [["order.#", "--queue", "q", "--ordered", "--prefetch", "9"], "--ordered takes one event at a time"],
  ])("%j, says why and ends with 2", async (args, why) => {
    const { code, err } = await telemetry(["subscribe", ...args], { env });
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

describe("telemetry tail", () => {
  it("watches any number of patterns, on the exchanges that have such types and no other [EVT-02]", async () => {
    const tail = startTelemetry(["tail", "model.registered", "fireflies.*.ready", "--json"], { env });
    running.push(tail);
    await tail.wrote("watching model.registered, fireflies.*.ready on models.events, domain.events");
    await place.publish("model.registered", "1");
    await place.publish("fireflies.transcript.ready", "2");
    await tail.wrote('"id":"2"');
    expect(idsIn(tail.out)).toEqual(["1", "2"]);
    await interrupt(tail);
  });

  it("says what is wrong with a pattern", async () => {
    const { code, err } = await telemetry(["tail", "model.#", "x*"], { env });
    expect(code).toBe(2);
    expect(err).toContain('"x*": word 1, "x*": * and # stand for whole words');
  });
});

/** A command that runs a JavaScript. */
async function script(source: string): Promise<string> {
  const file = join(folder, "script.cjs");
  await writeFile(file, source);
  return `"${process.execPath}" "${file}"`;
}
