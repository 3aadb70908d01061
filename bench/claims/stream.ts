import type { Bench, Server } from "../bench.ts";
import { below, type Claim, ms } from "../claim.ts";
import { interleave, median, type Pace, percentile } from "../measure.ts";
import { responseTimes } from "../response-times.ts";
import type { Broadcast } from "../workers/broadcast.ts";
import type { StreamClients } from "../workers/stream-clients.ts";

const SUBSCRIBERS = 1_000;
const DEVICES = 100;
/** Each device once a second, and ten subscribers to each: 1,000 frames a second. */
const POINTS_PER_SECOND = 100;
const SECONDS = 10;

/** From a client's request with a point until the point is with each who subscribed to its device. */
export const stream: Claim = {
  name: "stream",
  async run(bench) {
    const platform = await bench.platform();
    const floor = await (await bench.worker<Broadcast>("broadcast")).call("start");
    const pace = { perSecond: POINTS_PER_SECOND, seconds: bench.scaled(SECONDS) };
    const times = await interleave(bench.rounds, {
      floor: await subscribers(bench, floor, pace),
      ours: await subscribers(bench, platform, pace),
    });
    const at = (share: number, runs: readonly Float64Array[]) =>
      median(runs.map((run) => percentile(run, share)));
    const load = await bench.load(platform);
    const path = "/api/v1/telemetry/subscribe";
    return [
      {
        claim: "a point sent until it is with its subscribers, 1,000 of them connected, 1,000 frames/s: p95",
        ours: at(0.95, times.ours),
        p50: at(0.5, times.ours),
        floor: at(0.95, times.floor),
        unit: ms,
        reach: below(100, ms),
      },
      ...(await responseTimes(bench, load, {
        claim: `POST ${path}`,
        requests: [{ method: "POST", path, body: '{"device_ids":["d"]}' }],
        perSecond: 50,
        belowMs: 50,
        ids: ["E5-US1 AC5"],
      })),
    ];
  },
};

async function subscribers(bench: Bench, { url, apiKey }: Server, pace: Pace) {
  const clients = await bench.worker<StreamClients>("stream-clients");
  await clients.call("connect", { url, apiKey, subscribers: SUBSCRIBERS, devices: DEVICES });
  return () => clients.call("measure", pace);
}
