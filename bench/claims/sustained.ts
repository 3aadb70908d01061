import { setTimeout as sleep } from "node:timers/promises";
import { atLeast, type Claim, ms, perSecond, together } from "../claim.ts";
import { machineMs, percentile } from "../measure.ts";
import { BATCH, DEVICES, latestRequest, type PointRun } from "../points.ts";
import { expectStored } from "../stored.ts";

const SECONDS = 30;
const BATCHES_PER_SECOND = 10;
const QUERIES = 1_000;

/** Ten thousand points a second for half a minute, and a thousand queries at once in the middle of it. */
export const sustained: Claim = {
  name: "sustained",
  async run(bench) {
    const seconds = bench.scaled(SECONDS);
    const batches = seconds * BATCHES_PER_SECOND;
    const since = Math.floor(Date.now() / 1_000) * 1_000 - 6 * 3_600_000;
    const run: PointRun = { since, round: 0, batches };
    const platform = await bench.platform();
    const [devices, people] = [await bench.load(platform), await bench.load(platform)];

    const ingest = async () => {
      const startedAt = await devices.call("offer", { run, perSecond: BATCHES_PER_SECOND, seconds });
      await expectStored(platform, batches * BATCH);
      return (batches * BATCH * 1_000) / (machineMs() - startedAt);
    };
    const query = async () => {
      await sleep(seconds * 500);
      // Of those that have reported by then, however short the run is.
      const requests = Array.from({ length: QUERIES }, (_, i) => latestRequest(i % (DEVICES / 2)));
      return people.call("atOnce", { requests });
    };
    const [rate, answers] = await Promise.all([ingest(), query()]);

    return together(
      ["NFR-003"],
      [
        {
          claim: `points stored, 10,000/s offered for ${seconds} s`,
          ours: rate,
          unit: perSecond,
          // A hundredth is for the way of the last batch.
          reach: atLeast(9_900, perSecond),
          ids: [],
        },
        {
          claim: "queries at once meanwhile, all answered",
          ours: answers.length,
          unit: (count) => `${count} (slowest ${ms(percentile(answers, 1))})`,
          reach: atLeast(QUERIES, String),
          ids: [],
        },
      ],
    );
  },
};
