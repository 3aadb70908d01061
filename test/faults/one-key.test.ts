import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import { recordedDeadLetters } from "./dead-letters.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { Ledger } from "./ledger.ts";
import { measurementMessages } from "./messages.ts";
import { seededRandom } from "./random.ts";
import { pointSource, sampleEvent } from "./samples.ts";
import { tallyOf, tallyWith } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;

beforeEach(async () => {
  place = await freshPlace();
});

afterEach(() => place.drop());

/** The store refuses what belongs to one key, and takes everything else. */
async function refuse(table: string, condition: string): Promise<void> {
  const client = new pg.Client(place.databaseUrl);
  await client.connect();
  await client.query(`ALTER TABLE ${table} ADD CONSTRAINT one_key_fails CHECK (NOT (${condition}))`);
  await client.end();
}

it("lets a consumer that fails for one device hold up no other device [BUS-09]", {
  timeout: 180_000,
}, async () => {
  await refuse("series", "device_id = 'device-3'");
  const random = seededRandom();
  const nextPoint = pointSource(random);
  const points = Array.from({ length: 500 }, () => nextPoint());
  const failing = points.filter(({ deviceId }) => deviceId === "device-3");
  const ledger = new Ledger();
  ledger.add({ points });
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(points.flatMap((point) => measurementMessages([point])));
  await bus.close();
  await workOff(place);

  const letters = await recordedDeadLetters(place);
  expect(failing.length).toBeGreaterThan(0);
  expect(letters).toHaveLength(failing.length);
  const tally = await tallyOf("one device fails", place, ledger, random.seed);
  expect(tally).toEqual(tallyWith(ledger.size, failing.length));
});

it("lets a consumer that fails for one vendor hold up no other vendor's events [BUS-09]", {
  timeout: 180_000,
}, async () => {
  await refuse("usage_counts", "vendor = 'acme'");
  const random = seededRandom();
  const samples = Array.from({ length: 500 }, () => sampleEvent(random));
  const failing = samples.filter(({ sent }) => sent.labels.vendor === "acme");
  const ledger = new Ledger();
  ledger.add({ events: samples.map(({ sent }) => sent) });
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(samples.map(({ event }) => eventMessage(event)));
  await bus.close();
  await workOff(place);

  expect(failing.length).toBeGreaterThan(0);
  const tally = await tallyOf("one vendor fails", place, ledger, random.seed);
  expect(tally).toEqual(tallyWith(ledger.size, failing.length));
});
