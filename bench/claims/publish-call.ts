import { below, type Claim, micros, type Row, withinOfFloor } from "../claim.ts";
import { interleave, median, percentile } from "../measure.ts";
import { declareOn, expectAndPurge } from "../queue.ts";
import { QUEUE, type senders } from "../senders.ts";
import type { Worker } from "../worker.ts";
import type { SenderProgram } from "../workers/sender.ts";

const PACE = { perSecond: 1_000, seconds: 3 };
const BURSTS = { bursts: 10, size: 1_000 };

/** What `publish` costs the thread that calls it, beside making the same event by hand and calling amqplib. */
export const publishCall: Claim = {
  name: "publish-call",
  async run(bench) {
    const url = await bench.vhost();
    await declareOn(url);
    const open = async (via: keyof typeof senders) => {
      const sender = await bench.worker<SenderProgram>("sender");
      await sender.call("open", { via, url });
      return sender;
    };
    const [floor, ours] = [await open("amqplib"), await open("publisher")];

    const compare = async (
      how: string,
      measure: (sender: Worker<SenderProgram>) => Promise<Float64Array>,
    ) => {
      const side = (sender: Worker<SenderProgram>) => async () => {
        const calls = await measure(sender);
        await expectAndPurge(url, QUEUE, calls.length);
        return calls;
      };
      const calls = await interleave(bench.rounds, { floor: side(floor), ours: side(ours) });
      const at = (share: number, rounds: Float64Array[]) =>
        median(rounds.map((each) => percentile(each, share)));
      return [0.5, 0.99].map(
        (share): Row => ({
          claim: `publish() in the caller's thread, ${how}: p${share * 100}`,
          ours: at(share, calls.ours),
          floor: at(share, calls.floor),
          unit: micros,
          reach: withinOfFloor(1.5),
        }),
      );
    };

    const pace = { run: "pace", perSecond: PACE.perSecond, seconds: bench.scaled(PACE.seconds) };
    const bursts = { run: "burst", bursts: bench.scaled(BURSTS.bursts), size: BURSTS.size };
    const inPace = await compare("1,000/s", async (sender) => (await sender.call("pace", pace)).callMicros);
    const inBursts = await compare("1,000 at once", (sender) => sender.call("burst", bursts));
    const [slowest] = inPace.slice(-1).map(({ ours }) => ours);
    return [
      ...inPace,
      ...inBursts,
      {
        claim: "added to an API call by publish(), 1,000/s: p99",
        ours: slowest ?? Number.NaN,
        unit: micros,
        reach: below(1_000, micros),
        ids: ["BUS-05"],
      },
    ];
  },
};
