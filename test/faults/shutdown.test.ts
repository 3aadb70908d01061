import type { GetMessage } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { topology } from "../../layers/topology/topology.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { contentsOf } from "./queue-contents.ts";
import { type Random, seededRandom } from "./random.ts";
import { allStored, keysIn, type Tally, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;

beforeEach(async () => {
  place = await freshPlace();
});

afterEach(() => place.drop());

it("finishes what is under way when it is stopped under load, and leaves the rest whole [EVT-06]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const ledger = new Ledger();
  let runtime = await startOn(place);
  const load = startLoad({ url: () => runtime.url, ledger, random, meanPauseMs: 5 });
  for (let stopped = 0; stopped < 3; stopped++) {
    await grown(ledger, 1_000);
    await runtime.stop();
    // Nobody takes anything now. What was in hand is back in its queue within moments.
    await expect
      .poll(() => halfDone(ledger, random), { timeout: 10_000 })
      .toEqual({ doubled: 0, missing: 0 });
    runtime = await startOn(place);
  }
  await load.stop();
  await runtime.stop();
  await workOff(place);
  expect(Object.keys(load.failures)).toEqual(["connection"]);
  expect(await tallyOf("stopped three times", place, ledger, random.seed)).toEqual(allStored(ledger));
});

/** Each acknowledged message is done or in its queue: if it is neither, it is missing, and if both, doubled. */
async function halfDone(ledger: Ledger, random: Random): Promise<Pick<Tally, "doubled" | "missing">> {
  const waiting = await waitingKeys();
  const title = `stopped with ${waiting.size} waiting`;
  const { doubled, missing } = await tallyOf(title, place, ledger.without(waiting), random.seed);
  return { doubled, missing };
}

/** The points and events that have yet to be recorded or counted; what others do with them is not asked here. */
async function waitingKeys(): Promise<Set<string>> {
  const consumers = ["record-points", "count-usage"];
  const queues = topology().queues.filter(({ consumer }) => consumer && consumers.includes(consumer));
  const messages = await Promise.all(queues.map(({ name }) => contentsOf(place.amqpUrl, name)));
  return new Set(messages.flat().flatMap(keysOf));
}

const keysOf = ({ properties, content }: GetMessage) => keysIn(String(properties.messageId), content);
