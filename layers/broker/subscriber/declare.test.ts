import { connect } from "amqplib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { deadLetters } from "../../../test/faults/dead-letters.ts";
import { freshVhost } from "../../../test/fresh.ts";
import { eventually, freshSubscriptions, type Subscriptions } from "../../../test/subscriptions.ts";
import { PermanentError } from "../../core/errors.ts";
import { exchangeOf } from "../../core/payloads.ts";
import { bindingsFor, matches } from "../../topology/patterns.ts";
import { topology } from "../../topology/topology.ts";
import { declareTopology } from "../declare.ts";
import { createSubscriber } from "./subscriber.ts";

let place: Subscriptions;

beforeAll(async () => {
  place = await freshSubscriptions();
});

afterAll(() => place.drop());

const nothing = () => undefined;

const { username, password } = new URL(inject("managementUrl"));
const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

it("binds to what RabbitMQ then hands over: what the pattern matches and nothing else [EVT-02]", async () => {
  const word = fc.constantFrom("model", "api", "error", "telemetry", "data", "x");
  const key = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("."));
  const pattern = fc
    .array(fc.oneof(word, fc.constantFrom("*", "#")), { minLength: 1, maxLength: 4 })
    .map((words) => words.join("."));
  const keys = [...new Set(fc.sample(key, 60))];
  const channel = await place.admin.createConfirmChannel();
  for (const each of new Set(fc.sample(pattern, 40))) {
    const { queue } = await channel.assertQueue("", { exclusive: true });
    for (const { exchange, key } of bindingsFor([each])) await channel.bindQueue(queue, exchange, key);
    for (const type of keys) channel.publish(exchangeOf(type), type, Buffer.from(type));
    await channel.waitForConfirms();
    const got: string[] = [];
    for (
      let next = await channel.get(queue, { noAck: true });
      next;
      next = await channel.get(queue, { noAck: true })
    )
      got.push(next.content.toString());
    expect(got, each).toEqual(keys.filter((type) => matches(each, type)));
    await channel.deleteQueue(queue);
  }
  await channel.close();
});

it("is left alone when the platform declares its own [EVT-02]", async () => {
  const ids: string[] = [];
  const subscriber = place.subscribe({ queue: "foreign", handler: ({ id }) => void ids.push(id) });
  await subscriber.ready();
  for (const partitions of [6, 2, 4]) await declareTopology(place.admin, topology({ partitions }));
  await place.publish("order.placed", "1");
  await eventually(() => ids).toEqual(["1"]);
  const channel = await place.admin.createConfirmChannel();
  const replay = { id: "2", specversion: "1.0", source: "/s", type: "t", time: new Date().toISOString() };
  channel.publish("retry.return", "foreign", Buffer.from(JSON.stringify({ ...replay, correlation_id: "c" })));
  await eventually(() => ids).toEqual(["1", "2"]);
  await channel.close();
  expect(subscriber.stats().reconnections).toBe(0);
});

it("waits until the platform has declared its exchanges [EVT-06]", async () => {
  const vhost = await freshVhost();
  const subscriber = createSubscriber({
    url: vhost.url,
    queue: "early",
    patterns: ["order.#"],
    handler: nothing,
    reconnectMs: 10,
    maxReconnectMs: 50,
  });
  await eventually(() => subscriber.stats().lastError).toContain("no exchange 'retry.return'");
  const admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  await subscriber.ready();
  await subscriber.close();
  await admin.close();
  await vhost.drop();
});

it("drops what has waited for too long, and goes itself when nobody has come for too long", async () => {
  const options = { queue: "short-lived", messageTtlMs: 2_000, expiresMs: 4_000, handler: nothing };
  const subscriber = place.subscribe(options);
  await subscriber.ready();
  await subscriber.close();
  await place.publish("order.placed", "1");
  expect(await place.ready("short-lived")).toBe(1);
  await eventually(() => place.ready("short-lived")).toBe(0);
  expect(await deadLetters(place.vhost.url)).toEqual([]);
  await eventually(() => isListed("short-lived"), 200).toBe(false);
});

it("needs the permissions that docs/subscribing.md names, and no others [EVT-08]", async () => {
  const least = {
    configure: "^my-service$",
    write: "^(my-service|retry\\.(1s|5s|30s)|dead\\.letters)$",
    read: "^(my-service|retry\\.return|domain\\.events)$",
  };
  const url = await userWith(least);
  const seen: number[] = [];
  const subscriber = createSubscriber({
    url,
    queue: "my-service",
    patterns: ["order.#"],
    handler: (_, { attempt }) => {
      seen.push(attempt);
      if (attempt === 1) throw new Error("not yet");
      throw new PermanentError("never");
    },
  });
  await subscriber.ready();
  await place.publish("order.placed", "1");
  await eventually(() => seen).toEqual([1, 2]);
  await eventually(() => deadLetters(place.vhost.url)).toMatchObject([{ queue: "my-service" }]);
  expect(await subscriber.fill()).toMatchObject({ consumers: 1 });
  await subscriber.close();

  const other = createSubscriber({ url, queue: "not-mine", patterns: ["order.#"], handler: nothing });
  await expect(other.ready()).rejects.toMatchObject({ code: "not_permitted" });
  await other.close();
});

/** A passive declare would count as use. */
async function isListed(queue: string): Promise<boolean> {
  const { origin } = new URL(inject("managementUrl"));
  const answer = await fetch(`${origin}/api/queues/${place.vhost.name}/${queue}`, {
    headers: { authorization },
  });
  return answer.ok;
}

/** A user of the broker that may do this on the test's virtual host, and goes with the run's broker. */
async function userWith(permissions: Record<"configure" | "write" | "read", string>): Promise<string> {
  const url = new URL(place.vhost.url);
  url.username = `user-of-${place.vhost.name}`;
  url.password = "a-password";
  await manage(`/api/users/${url.username}`, { password: url.password, tags: "" });
  await manage(`/api/permissions/${place.vhost.name}/${url.username}`, permissions);
  return url.href;
}

async function manage(path: string, body: object): Promise<void> {
  const { origin } = new URL(inject("managementUrl"));
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${origin}${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
  expect(answer.ok, `${path} ${answer.status}`).toBe(true);
}
