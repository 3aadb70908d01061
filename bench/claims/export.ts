import { setTimeout as sleep } from "node:timers/promises";
import type { RunningPlatform } from "../bench.ts";
import { atLeastOfFloor, below, type Claim, perSecond, type Unit } from "../claim.ts";
import { expectExactly, interleave, median } from "../measure.ts";
import { deviceId, SEEDED_METRIC } from "../points.ts";
import type { Download, Downloaded } from "../workers/download.ts";
import type { SeedProgram } from "../workers/seed.ts";

const DEVICES = 100;
const MINUTES_OF_WEEK = 7 * 24 * 60;
const SAMPLE_MS = 50;
/** Beside what the platform keeps anyway: pages under way, and what the collector has not got to yet. */
const MOST_MB = 256;
/** Each row becomes an object, and text again. */
const LEAST_OF_FLOOR = 0.25;
const MB = 1_024 * 1_024;
const megabytes: Unit = (bytes) => `${Math.round(bytes / MB)} MB`;

/** A million points as one CSV file, beside PostgreSQL's own COPY of the same rows in the same order. */
export const exported: Claim = {
  name: "export",
  async run(bench) {
    const until = Math.floor(Date.now() / 60_000) * 60_000;
    const platform = await bench.platform();
    const { databaseUrl, url, apiKey } = platform;
    const points = bench.scaled(MINUTES_OF_WEEK);
    const seed = await bench.worker<SeedProgram>("seed");
    await seed.call("fill", { databaseUrl, devices: DEVICES, others: 0, points, until });
    await seed.stop();
    const [ours, floor] = [
      await bench.worker<Download>("download"),
      await bench.worker<Download>("download"),
    ];
    const path = pathOf(until);
    const rateOf = ({ lines, ms }: Downloaded) => {
      expectExactly("lines of the file", DEVICES * points + 1, lines);
      return (lines * 1_000) / ms;
    };
    const before = await platform.process.call("rss");
    let most = before;
    const rates = await interleave(bench.rounds, {
      floor: async () => rateOf(await floor.call("copy", { databaseUrl, statement: COPY })),
      ours: async () => {
        const download = ours.call("http", { url, apiKey, path });
        most = Math.max(most, await mostMemory(platform, download));
        return rateOf(await download);
      },
    });
    const rows = `${(DEVICES * points).toLocaleString("en-US")} rows`;
    return [
      {
        claim: `${rows} as CSV; floor: COPY`,
        ours: median(rates.ours),
        floor: median(rates.floor),
        unit: perSecond,
        reach: atLeastOfFloor(LEAST_OF_FLOOR),
      },
      {
        claim: "memory that the platform gains meanwhile, at most",
        ours: most - before,
        unit: megabytes,
        reach: below(MOST_MB * MB, megabytes),
      },
    ];
  },
};

const COPY = `
  COPY (
    SELECT to_char(to_timestamp(time / 1e6) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS timestamp,
      device_id, metric_name, value, unit, tags
    FROM points JOIN series ON series.id = points.series_id
    ORDER BY time, device_id, metric_name
  ) TO STDOUT (FORMAT csv, HEADER)`;

function pathOf(until: number): string {
  const query = new URLSearchParams({
    device_ids: Array.from({ length: DEVICES }, (_, device) => deviceId(device)).join(),
    metric_names: SEEDED_METRIC,
    start_time: new Date(until - MINUTES_OF_WEEK * 60_000).toISOString(),
    end_time: new Date(until + 1).toISOString(),
  });
  return `/api/v1/telemetry/export/csv?${query}`;
}

/** @returns the most that the platform's process holds until the work is done, in bytes */
async function mostMemory({ process }: RunningPlatform, work: Promise<unknown>): Promise<number> {
  let most = 0;
  let working = true;
  const end = () => {
    working = false;
  };
  work.then(end, end);
  while (working) {
    await sleep(SAMPLE_MS);
    most = Math.max(most, await process.call("rss"));
  }
  return most;
}
