import { Client } from "pg";
import type { RunningPlatform } from "../bench.ts";
import { atLeast, atLeastOfFloor, type Claim, perSecond } from "../claim.ts";
import { expectExactly, interleave, median } from "../measure.ts";
import { BATCH, CONNECTIONS, type PointRun } from "../points.ts";
import type { Upsert } from "../workers/upsert.ts";

const BATCHES = 200;
const HOURS = 12;

/** Points through the whole path: HTTP, confirm, queue, store, until the last of them is answered to a query. */
export const points: Claim = {
  name: "points",
  async run(bench) {
    const since = Math.floor(Date.now() / 1_000) * 1_000 - HOURS * 3_600_000;
    const batches = bench.scaled(BATCHES);
    const platform = await bench.platform();
    const load = await bench.load(platform);
    const databaseUrl = await bench.database();
    const upsert = await bench.worker<Upsert>("upsert");
    await upsert.call("open", { databaseUrl, since });

    const rate = (ms: number) => (batches * BATCH * 1_000) / ms;
    const acknowledged: number[] = [];
    const straight = (connections: number) => async (round: number) =>
      rate(
        await upsert.call("upsert", { run: { since, round: round * 2 + connections, batches }, connections }),
      );
    const rates = await interleave(bench.rounds, {
      one: straight(1),
      two: straight(2),
      async ours(round) {
        const run: PointRun = { since, round, batches };
        const { acknowledgedMs, queryableMs } = await load.call("points", run);
        await expectStored(platform, (round + 1) * batches * BATCH);
        acknowledged.push(rate(acknowledgedMs));
        return rate(queryableMs);
      },
    });

    const floor = Math.max(median(rates.one), median(rates.two));
    const connections = floor === median(rates.one) ? "1 connection" : "2 connections";
    const ours = median(rates.ours);
    const through = `points, ${CONNECTIONS} batches of 1,000 at once, until queryable`;
    return [
      {
        claim: `${through}; floor: ${connections}`,
        ours,
        floor,
        unit: perSecond,
        reach: atLeastOfFloor(0.5),
      },
      { claim: through, ours, unit: perSecond, reach: atLeast(10_000, perSecond) },
      { claim: "the same, until acknowledged", ours: median(acknowledged.slice(1)), floor, unit: perSecond },
    ];
  },
};

async function expectStored({ databaseUrl }: RunningPlatform, expected: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM points");
  await client.end();
  expectExactly("points in the store", expected, Number(rows[0]?.count));
}
