import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Runtime } from "../../apps/local/runtime.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;
let runtime: Runtime | undefined;

beforeEach(async () => {
  place = await freshPlace();
});

afterEach(async () => {
  vi.useRealTimers();
  await runtime?.stop();
  await place.drop();
});

const MINUTE_MS = 60_000;

it("loses nothing and counts nothing twice when the clock jumps back and forth under load [BUS-08]", {
  timeout: 240_000,
}, async () => {
  const random = seededRandom();
  runtime = await startOn(place);
  const { url } = runtime;
  const ledger = new Ledger();
  const load = startLoad({ url: () => url, ledger, random, meanPauseMs: 5 });
  for (const jumpMs of [-10 * MINUTE_MS, 3 * MINUTE_MS, -60 * MINUTE_MS, 0]) {
    await grown(ledger, 500);
    // The clock alone: timers run on, as they do when a machine's time is set.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + jumpMs, shouldAdvanceTime: false });
    await ticking(() => grown(ledger, 500));
    vi.useRealTimers();
  }
  await load.stop();
  expect(load.failures).toEqual({});
  await runtime.stop();
  runtime = undefined;
  await workOff(place);
  const tally = await tallyOf("clock jumping", place, ledger, random.seed);
  expect(tally).toEqual(allStored(ledger));
});

/** Lets the false clock go on at its own pace while `work` runs. */
async function ticking(work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => vi.setSystemTime(Date.now() + 10), 10);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
