import { Client } from "pg";
import { atLeast, type Claim, ms, perSecond, together } from "../claim.ts";
import { expectExactly, machineMs, percentile, until } from "../measure.ts";
import { BATCH, batchRequest, DEVICES, latestRequest, type PointRun } from "../points.ts";

const SECONDS = 30;
const BATCHES_PER_SECOND = 10;
const QUERIES = 1_000;

/** Ten thousand points a second for half a minute, and a thousand queries at once in the middle of it. */
export const sustained: Claim = {
  name: "sustained",
  async run(bench) {
    const seconds = bench.scaled(SECONDS);
    const batches = seconds * BATCHES_PER_SECOND;
    const run: PointRun = {
      since: Math.floor(Date.now() / 1_000) * 1_000 - 6 * 3_600_000,
      round: 0,
      batches,
    };
    const platform = await bench.platform();
    const devices = await bench.load(platform);
    const people = await bench.load(platform);

    const startedAt = machineMs();
    const ingest = devices.call("pace", {
      requests: Array.from({ length: batches }, (_, batch) => batchRequest(run, batch)),
      perSecond: BATCHES_PER_SECOND,
      seconds,
    });
    await until("the middle", () => machineMs() - startedAt > seconds * 500);
    const queries = Array.from({ length: QUERIES }, (_, i) => latestRequest(i % DEVICES));
    const answers = await people.call("atOnce", { requests: queries });
    await ingest;
    await allStored(platform.databaseUrl, batches * BATCH);
    const rate = (batches * BATCH * 1_000) / (machineMs() - startedAt);

    expectExactly("queries answered", QUERIES, answers.length);
    return together(
      ["NFR-003"],
      [
        // What is offered is 10,000/s: a hundredth is for the way of the last batch, and for starting.
        {
          claim: `points stored, 10,000/s offered for ${seconds} s`,
          ours: rate,
          unit: perSecond,
          reach: atLeast(9_900, perSecond),
        },
        {
          claim: "queries at once meanwhile, all answered",
          ours: answers.length,
          unit: (count) => `${count} (slowest ${ms(percentile(answers, 1))})`,
          reach: atLeast(QUERIES, String),
        },
      ],
    );
  },
};

async function allStored(databaseUrl: string, expected: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await until(
    `${expected} points in the store`,
    async () => {
      const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM points");
      return Number(rows[0]?.count) === expected;
    },
    { everyMs: 50 },
  );
  await client.end();
}
