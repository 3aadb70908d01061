import { afterEach, beforeEach, expect, it } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage, type Outgoing } from "../../layers/broker/message.ts";
import { stableHash } from "../../layers/core/ids.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import { recordedDeadLetters } from "./dead-letters.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { Ledger, pointKey, type SentPoint } from "./ledger.ts";
import { measurementMessages, SOURCE } from "./messages.ts";
import { startOn } from "./place.ts";
import { type Random, seededRandom } from "./random.ts";
import { pointSource, sampleEvent } from "./samples.ts";
import { allStored, tallyOf, tallyWith } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;

beforeEach(async () => {
  place = await freshPlace();
});

afterEach(() => place.drop());

/** Every message twice, in any order, while two runtimes compete for them. */
async function deliverDisordered(random: Random, messages: readonly Outgoing[]): Promise<void> {
  const rivals = await Promise.all([startOn(place), startOn(place)]);
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(random.shuffled([...messages, ...messages]));
  await bus.close();
  await Promise.all(rivals.map((rival) => rival.stop()));
  await workOff(place);
}

it("keeps of each point the newest version, however late, twice or out of order it comes [FR-004]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const requests = upserts(random);
  const ledger = new Ledger();
  ledger.add({ points: newestOf(requests) });
  const inTime = random.shuffled(requests);
  const late = inTime.splice(0, 150);
  for (const part of [inTime, late]) {
    await deliverDisordered(
      random,
      part.flatMap(({ messages }) => messages),
    );
  }
  const tally = await tallyOf("points twice and shuffled", place, ledger, random.seed);
  expect(tally).toEqual(allStored(ledger));
});

interface UpsertRequest {
  acceptedMs: number;
  points: SentPoint[];
  messages: Outgoing[];
}

/** 400 requests for the same 60 points; many are accepted within the same millisecond. */
function upserts(random: Random): UpsertRequest[] {
  const nextPoint = pointSource(random);
  const keys = Array.from({ length: 60 }, () => nextPoint());
  const now = Date.now();
  return Array.from({ length: 400 }, () => {
    const acceptedMs = now - random.below(40);
    const chosen = random.shuffled(keys).slice(0, random.between(1, 12));
    const points = chosen.map((point) => ({ ...point, value: random.below(1_000_000) }));
    return { acceptedMs, points, messages: measurementMessages(points, { acceptedMs }) };
  });
}

/** The model: the later accepted wins, of the same millisecond the later in its request, then the higher tie. */
function newestOf(requests: readonly UpsertRequest[]): SentPoint[] {
  const newest = new Map<string, { point: SentPoint; rank: readonly number[] }>();
  for (const { acceptedMs, points, messages } of requests) {
    for (const [index, point] of points.entries()) {
      const carrier = messages.find(({ body }) => body.includes(`"${point.deviceId}"`));
      const rank = [acceptedMs, index, stableHash(`${SOURCE} ${carrier?.properties.messageId}`)];
      const known = newest.get(pointKey(point));
      if (!known || isHigher(rank, known.rank)) newest.set(pointKey(point), { point, rank });
    }
  }
  return [...newest.values()].map(({ point }) => point);
}

function isHigher(rank: readonly number[], other: readonly number[]): boolean {
  const at = rank.findIndex((part, i) => part !== other[i]);
  return at >= 0 && (rank[at] ?? 0) > (other[at] ?? 0);
}

it("counts each event once, however late, twice or out of order it comes [BUS-08]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const hoursAgo = (hours: number) => formatTime(microsOf(Date.now() - hours * 3_600_000));
  const inWindow = Array.from({ length: 1_500 }, (_, i) =>
    // The same id under another source is another event.
    sampleEvent(random, { source: `/faults/${i % 2}`, id: `e-${i >> 1}`, time: hoursAgo(random.below(70)) }),
  );
  const tooOld = Array.from({ length: 20 }, () => sampleEvent(random, { time: hoursAgo(73) }));
  const samples = [...inWindow, ...tooOld];
  const ledger = new Ledger();
  ledger.add({ events: samples.map(({ sent }) => sent) });
  await deliverDisordered(
    random,
    samples.map(({ event }) => eventMessage(event)),
  );
  const letters = await recordedDeadLetters(place);
  expect(new Set(letters.map(({ errorCode }) => errorCode))).toEqual(new Set(["too_old_to_deduplicate"]));
  const tally = await tallyOf("events twice and shuffled", place, ledger, random.seed);
  expect(tally).toEqual(tallyWith(ledger.size, tooOld.length));
});
