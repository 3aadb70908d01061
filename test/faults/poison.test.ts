import { afterEach, beforeEach, expect, it } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage, type Outgoing } from "../../layers/broker/message.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { formatTime, MICROS_PER_DAY, microsOf } from "../../layers/core/time.ts";
import { type DeadLetter, recordedDeadLetters } from "./dead-letters.ts";
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

/** Puts the poison in the middle of what is good, all of it before anybody consumes: so it is in the middle of a batch. */
async function deliver(good: readonly Outgoing[], poison: readonly Outgoing[]): Promise<void> {
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  const middle = good.length >> 1;
  await bus.publish([...good.slice(0, middle), ...poison, ...good.slice(middle)]);
  await bus.close();
  await workOff(place);
}

const described = (letters: readonly DeadLetter[]) =>
  Object.fromEntries(letters.map(({ messageId, errorCode }) => [messageId, errorCode]));

it("dead-letters only the measurements at fault, in the middle of a batch of good ones [BUS-09]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const nextPoint = pointSource(random);
  const device = "device-7";
  const points = Array.from({ length: 60 }, () => nextPoint(device));
  const good = points.flatMap((point) => measurementMessages([point]));
  const [template] = measurementMessages([nextPoint(device)]);
  if (!template) throw new Error("expected a message");
  const poisoned = (messageId: string, change: (text: string) => string): Outgoing => ({
    ...template,
    body: Buffer.from(change(template.body.toString())),
    properties: { ...template.properties, messageId },
  });
  const poison = [
    poisoned("no JSON", (text) => text.slice(0, -1)),
    poisoned("no event", (text) => text.replace('"1.0"', '"0.3"')),
    poisoned("no points", (text) => text.replace('"points"', '"dots"')),
    poisoned("a NUL that no store takes", (text) => text.replace(device, "device\\u0000")),
  ];
  const ledger = new Ledger();
  ledger.add({ points });
  for (const { properties } of poison) ledger.garbage.add(String(properties.messageId));
  await deliver(good, poison);

  const letters = await lettersOf(/^telemetry\.points\.\d$/);
  expect(described(letters)).toEqual({
    "no JSON": "undecodable",
    "no event": "undecodable",
    "no points": "undecodable",
    "a NUL that no store takes": "data_refused",
  });
  for (const letter of letters) expectExplained(letter);
  expect(await tallyOf("poisoned measurements", place, ledger, random.seed)).toEqual(
    tallyWith(ledger.size, poison.length),
  );
});

it("dead-letters only the events at fault, in the middle of a batch of good ones [BUS-09]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const samples = Array.from({ length: 400 }, () => sampleEvent(random));
  const model = (id: string, given: Partial<Event>): Outgoing =>
    eventMessage({
      ...{ specversion: "1.0", id, source: "/faults", type: "model.registered", correlation_id: id },
      ...{ time: formatTime(microsOf(Date.now())), data: { model_id: "m", vendor: "acme" }, ...given },
    });
  const poison = [
    { ...model("no JSON", {}), body: Buffer.from("{") },
    model("no vendor", { data: { model_id: "m" } }),
    model("a NUL that no store takes", { data: { model_id: "m", vendor: "ac\u0000me" } }),
    model("of last week", { time: formatTime(microsOf(Date.now()) - 7 * MICROS_PER_DAY) }),
    model("of next week", { time: formatTime(microsOf(Date.now()) + 7 * MICROS_PER_DAY) }),
  ];
  const ledger = new Ledger();
  ledger.add({ events: samples.map(({ sent }) => sent) });
  for (const { properties } of poison) ledger.garbage.add(String(properties.messageId));
  await deliver(
    samples.map(({ event }) => eventMessage(event)),
    poison,
  );

  const letters = await lettersOf(/^metrics\.updates$/);
  expect(described(letters)).toEqual({
    "no JSON": "undecodable",
    "no vendor": "invalid_payload",
    "a NUL that no store takes": "data_refused",
    "of last week": "too_old_to_deduplicate",
    "of next week": "time_too_far_ahead",
  });
  for (const letter of letters) expectExplained(letter);
  expect(await tallyOf("poisoned events", place, ledger, random.seed)).toEqual(
    tallyWith(ledger.size, poison.length),
  );
});

/** Other queues get copies of the same events, and fail for reasons of their own. */
const lettersOf = async (queue: RegExp): Promise<DeadLetter[]> =>
  (await recordedDeadLetters(place)).filter((letter) => queue.test(letter.queue));

/** Enough to know what was wrong and how it came about. */
function expectExplained(letter: DeadLetter): void {
  expect(letter).toMatchObject({
    errorType: "PermanentError",
    errorMessage: expect.stringMatching(/.{10}/),
    errorStack: expect.stringMatching(/^PermanentError: [\s\S]+\n {4}at .+\.ts:\d+/),
  });
}
