import type { Bench } from "../bench.ts";
import { below, type Claim, micros, type Row, withinOfFloor } from "../claim.ts";
import { interleave, median, percentile } from "../measure.ts";
import { declareOn, expectAndPurge } from "../queue.ts";
import { QUEUE, type senders } from "../senders.ts";
import type { SenderProgram } from "../workers/sender.ts";

const PACE = { perSecond: 1_000, seconds: 3 };
const BURSTS = { bursts: 10, size: 1_000 };
const MOST_OF_FLOOR = 1.5;

/** What `publish` costs the thread that calls it, beside making the same event by hand and calling amqplib. */
export const publishCall: Claim = {
  name: "publish-call",
  async run(bench) {
    const url = await bench.vhost();
    await declareOn(url);
    const [floor, ours] = [
      await openSender(bench, "amqplib", url),
      await openSender(bench, "publisher", url),
    ];

    const inPace = await interleave(bench.rounds, { floor: floor.pace, ours: ours.pace });
    const inBursts = await interleave(bench.rounds, { floor: floor.bursts, ours: ours.bursts });
    return [
      besideFloor("1,000/s", 0.5, inPace),
      besideFloor("1,000/s", 0.99, inPace),
      besideFloor("1,000 at once", 0.5, inBursts),
      besideFloor("1,000 at once", 0.99, inBursts),
      {
        claim: "added to an API call by publish(), 1,000/s: p99",
        ours: medianOf(0.99, inPace.ours),
        unit: micros,
        reach: below(1_000, micros),
        ids: ["BUS-05"],
      },
    ];
  },
};

interface Calls {
  floor: Float64Array[];
  ours: Float64Array[];
}

const besideFloor = (how: string, share: number, { floor, ours }: Calls): Row => ({
  claim: `publish() in the caller's thread, ${how}: p${share * 100}`,
  ours: medianOf(share, ours),
  floor: medianOf(share, floor),
  unit: micros,
  reach: withinOfFloor(MOST_OF_FLOOR),
});

const medianOf = (share: number, rounds: readonly Float64Array[]): number =>
  median(rounds.map((calls) => percentile(calls, share)));

/** Two ways to measure how long each call takes; every event must be on the queue afterwards. */
async function openSender(bench: Bench, via: keyof typeof senders, url: string) {
  const sender = await bench.worker<SenderProgram>("sender");
  await sender.call("open", { via, url });
  const counted = async (calls: Float64Array) => {
    await expectAndPurge(url, QUEUE, calls.length);
    return calls;
  };
  const pace = { run: "pace", perSecond: PACE.perSecond, seconds: bench.scaled(PACE.seconds) };
  const bursts = { run: "bursts", bursts: bench.scaled(BURSTS.bursts), size: BURSTS.size };
  return {
    pace: async () => counted((await sender.call("pace", pace)).callMicros),
    bursts: async () => counted(await sender.call("bursts", bursts)),
  };
}
