import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import { replayMessage } from "../../layers/broker/replay.ts";
import { MICROS_PER_DAY, microsOf } from "../../layers/core/time.ts";
import { openPool } from "../../layers/storage/postgres/pool.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { recordedDeadLetters } from "./dead-letters.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { deadOfOldAge, survivesInterruptedReplay } from "./interrupted-replay.ts";
import { Ledger } from "./ledger.ts";
import { seededRandom } from "./random.ts";
import { sampleEvent } from "./samples.ts";
import { allStored, tallyOf, tallyWith } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;
let registry: Registry;
let broker: ChannelModel;
let channel: ConfirmChannel;

beforeEach(async () => {
  place = await freshPlace();
  registry = openPostgresRegistry({ connectionString: place.databaseUrl });
  broker = await connect(place.amqpUrl);
  channel = await broker.createConfirmChannel();
});

afterEach(async () => {
  await Promise.all([broker.close(), registry.close()]);
  await place.drop();
});

const USAGE = "metrics.updates";

/** Replays everything, up to the broker's confirm, and then `crash` comes before it is marked. */
async function replayOnce(crash?: Error): Promise<number | undefined> {
  const now = microsOf(Date.now());
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  try {
    const options = { queues: [USAGE], limit: 10_000, maxBytes: 1e9, now };
    return await registry.deadLetters.replay({ asOf: now }, options, async (letters) => {
      await bus.publish(letters.map(replayMessage));
      if (crash) throw crash;
    });
  } finally {
    await bus.close();
  }
}

it(
  "counts each event once whose replay was cut off, by kills and cuts, and repeated [BUS-12]",
  {
    timeout: 180_000,
  },
  () => survivesInterruptedReplay({ letters: 2_000, interruptions: ["kill", "cut", "kill"] }),
);

it("counts each event once that went back three times, never marked in between [BUS-12]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const ledger = await deadOfOldAge(place, 300, random);
  const crash = new Error("crashed between confirm and marking");
  for (let i = 0; i < 2; i++) await expect(replayOnce(crash)).rejects.toBe(crash);
  expect(await replayOnce()).toBe(300);
  await workOff(place);
  const tally = await tallyOf("replayed three times", place, ledger, random.seed);
  expect(tally).toEqual(allStored(ledger));
});

it("has dead again, never doubled, what is replayed anew so late that nobody could tell [BUS-12]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const ledger = await deadOfOldAge(place, 50, random);
  const crash = new Error("crashed between confirm and marking");
  await expect(replayOnce(crash)).rejects.toBe(crash);
  const pool = openPool(place.databaseUrl);
  await pool.query(`UPDATE dead_letters SET replay_began_at = replay_began_at - ${4 * MICROS_PER_DAY}`);
  await pool.end();
  expect(await replayOnce()).toBe(50);
  await workOff(place);
  const again = (await recordedDeadLetters(place)).filter(({ queue }) => queue === USAGE);
  expect(again.map(({ errorCode }) => errorCode)).toEqual(Array(ledger.size).fill("too_old_to_deduplicate"));
  const counts = await registry.usage.counts({ from: 0, to: Number.MAX_SAFE_INTEGER });
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(ledger.size);
});

it("brings back all retries but those to a queue that no longer exists, which become dead letters", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const samples = Array.from({ length: 100 }, () => sampleEvent(random));
  const ledger = new Ledger();
  ledger.add({ events: samples.map(({ sent }) => sent) });
  const retry = (key: string, body: Buffer, messageId: string) =>
    channel.publish("retry.1s", key, body, { persistent: true, messageId });
  for (let i = 0; i < 60; i++) retry("gone.queue", Buffer.from(`${i}`), `gone-${i}`);
  for (const { event } of samples) retry(USAGE, eventMessage(event).body, event.id);
  await channel.waitForConfirms();
  await workOff(place);
  const letters = await recordedDeadLetters(place);
  expect(new Set(letters.map(({ queue, errorCode }) => `${queue} ${errorCode}`))).toEqual(
    new Set(["gone.queue queue_gone"]),
  );
  expect(letters.map(({ body }) => Number(body)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 60 }, (_, i) => i),
  );
  expect(await tallyOf("retries beside a gone queue", place, ledger, random.seed)).toEqual(
    tallyWith(ledger.size, 0),
  );
});

it("records what RabbitMQ gave up at its delivery limit, and counts it once it is replayed [BUS-11]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const { event, sent } = sampleEvent(random);
  const { body, properties } = eventMessage(event);
  channel.publish("retry.return", USAGE, body, properties);
  await channel.waitForConfirms();
  let deliveries = 0;
  const { consumerTag } = await channel.consume(USAGE, (message) => {
    if (!message) return;
    deliveries++;
    channel.nack(message, false, true);
  });
  await expect
    .poll(async () => (await channel.checkQueue("dlq.dead_letters")).messageCount, {
      timeout: 40_000,
    })
    .toBe(1);
  await channel.cancel(consumerTag);
  expect(deliveries).toBeGreaterThan(1_000);
  await workOff(place);
  const [letter] = await recordedDeadLetters(place);
  expect(letter).toMatchObject({ queue: USAGE, errorType: "RabbitMQ", errorCode: "delivery_limit" });
  expect(letter?.body.equals(body)).toBe(true);

  expect(await replayOnce()).toBe(1);
  await workOff(place);
  const ledger = new Ledger();
  ledger.add({ events: [sent] });
  expect(await tallyOf("given up and replayed", place, ledger, random.seed)).toEqual(allStored(ledger));
});
