import type { Bench } from "../bench.ts";
import { atLeast, atLeastOfFloor, type Claim, perSecond } from "../claim.ts";
import { interleave, median } from "../measure.ts";
import { BATCH, CONNECTIONS } from "../points.ts";
import { expectStored } from "../stored.ts";
import type { Upsert } from "../workers/upsert.ts";

const BATCHES = 200;
const HOURS = 12;

/** Points through the whole path: HTTP, confirm, queue, store, until the last of them is answered to a query. */
export const points: Claim = {
  name: "points",
  async run(bench) {
    const since = Math.floor(Date.now() / 1_000) * 1_000 - HOURS * 3_600_000;
    const batches = bench.scaled(BATCHES);
    const rate = (ms: number) => (batches * BATCH * 1_000) / ms;
    const platform = await bench.platform();
    const load = await bench.load(platform);
    const [one, two] = [await openFloor(bench, since), await openFloor(bench, since)];
    const acknowledged: number[] = [];

    const rates = await interleave(bench.rounds, {
      one: async (round) => rate(await one({ since, round, batches }, 1)),
      two: async (round) => rate(await two({ since, round, batches }, 2)),
      async ours(round) {
        const { acknowledgedMs, queryableMs } = await load.call("points", { since, round, batches });
        await expectStored(platform, (round + 1) * batches * BATCH);
        if (round > 0) acknowledged.push(rate(acknowledgedMs));
        return rate(queryableMs);
      },
    });

    const ours = median(rates.ours);
    const floor = Math.max(median(rates.one), median(rates.two));
    const best = floor === median(rates.one) ? "1 connection" : "2 connections";
    const claim = `points, ${CONNECTIONS} batches of 1,000 at once, until queryable`;
    return [
      { claim: `${claim}; floor: ${best}`, ours, floor, unit: perSecond, reach: atLeastOfFloor(0.5) },
      { claim, ours, unit: perSecond, reach: atLeast(10_000, perSecond) },
      { claim: "the same, until acknowledged", ours: median(acknowledged), floor, unit: perSecond },
    ];
  },
};

/** A table of the same layout for each, so that none of them is larger than the platform's. */
async function openFloor(bench: Bench, since: number) {
  const databaseUrl = await bench.database();
  const upsert = await bench.worker<Upsert>("upsert");
  await upsert.call("open", { databaseUrl, since });
  return (run: { since: number; round: number; batches: number }, connections: number): Promise<number> =>
    upsert.call("upsert", { run, connections });
}
