import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Runtime } from "../../apps/local/runtime.ts";
import { type Bus, createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import {
  familyQueueName,
  partitionedFamilies,
  STREAM_QUEUE,
  topology,
} from "../../layers/topology/topology.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { ADMIN_KEY, startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { sampleEvent } from "./samples.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;
let admin: ChannelModel;
let channel: Channel;

beforeEach(async () => {
  place = await freshPlace();
  admin = await connect(place.amqpUrl);
  channel = await admin.createChannel();
});

afterEach(async () => {
  await admin.close();
  await place.drop();
});

/** Takes from a queue everything that it is bound to: what goes to it alone has nowhere to go any more. */
async function unbind(queue: string): Promise<void> {
  for (const binding of topology().bindings) {
    if (binding.queue === queue) await channel.unbindQueue(queue, binding.exchange, binding.key);
  }
}

it("fails every publish of a message that no queue takes, the same one many times at once too", async () => {
  const random = seededRandom();
  const bus: Bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  for (const queue of [
    "metrics.updates",
    "analytics.events",
    "audit.trail",
    "logging.errors",
    "alerts.critical",
  ]) {
    await unbind(queue);
  }
  const message = eventMessage(sampleEvent(random).event);
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => bus.publish([message])));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toEqual([]);
  await expect(bus.publish([message, message])).rejects.toMatchObject({ code: "unroutable" });
  await bus.close();
});

it("acknowledges no measurement that no queue takes, and stores each once when it is sent again", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const runtime: Runtime = await startOn(place);
  const ledger = new Ledger();
  const load = startLoad({ url: () => runtime.url, ledger, random, carries: "points" });
  await grown(ledger, 500);
  // Those who only look on go first: what they alone took would be confirmed, and recorded by nobody.
  await unbind(STREAM_QUEUE);
  for (const { family } of partitionedFamilies.toReversed()) await unbind(familyQueueName(family, 1));
  for (const { family } of partitionedFamilies.toReversed()) await unbind(familyQueueName(family, 1));
  await expect.poll(() => load.failures["503"] ?? 0, { timeout: 20_000 }).toBeGreaterThan(20);
  await runtime.functions.deploy["declare-topology"]?.();
  await load.stop();
  await runtime.stop();
  await workOff(place);
  expect(Object.keys(load.failures)).toEqual(["503"]);
  expect(await tallyOf("a queue unbound", place, ledger, random.seed)).toEqual(allStored(ledger));
});

it("answers 422 for an event that no queue takes, and counts it once when it is sent again", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const runtime = await startOn(place);
  const samples = Array.from({ length: 60 }, () => sampleEvent(random));
  const send = async () => {
    const answer = await fetch(`${runtime.url}/api/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents-batch+json", "x-api-key": ADMIN_KEY },
      body: JSON.stringify(samples.map(({ event }) => event)),
    });
    return answer.status;
  };
  await channel.unbindQueue("metrics.updates", "metrics.events", "api.latency");
  await channel.unbindQueue("analytics.events", "metrics.events", "api.#");
  expect(await send()).toBe(422);
  expect(await send()).toBe(422);
  await runtime.functions.deploy["declare-topology"]?.();
  expect(await send()).toBe(202);
  await runtime.stop();
  await workOff(place);
  const ledger = new Ledger();
  ledger.add({ events: samples.map(({ sent }) => sent) });
  expect(await tallyOf("a type unbound", place, ledger, random.seed)).toEqual(allStored(ledger));
});
