import type { WantedArrivals } from "../arrivals.ts";
import type { Bench, RunningPlatform } from "../bench.ts";
import { atLeast, below, type Claim, ms, perSecond, withinOfFloor } from "../claim.ts";
import { openHttp } from "../http.ts";
import { expectExactly, interleave, median, type Pace, percentile } from "../measure.ts";
import { declareOn } from "../queue.ts";
import { QUEUE, type senders } from "../senders.ts";
import type { Echo } from "../workers/echo.ts";
import type { SenderProgram } from "../workers/sender.ts";

const RATE = 1_000;
const SECONDS = 10;
const HELD_SECONDS = 30;

/**
 * From `publish()` in an application's process until count-usage has committed the event's effects in the
 * platform's, beside amqplib alone from one process to another through a queue of the same kind.
 */
export const publishToProcessed: Claim = {
  name: "publish-to-processed",
  async run(bench) {
    const platform = await bench.platform();
    const ours = await openWay(bench, "publisher", platform.amqpUrl, (wanted) =>
      platform.process.call("processed", wanted),
    );
    const echo = await openEcho(bench);
    const commit = await openEcho(bench, await bench.database());

    const pace = { perSecond: RATE, seconds: bench.scaled(SECONDS) };
    const times = await interleave(bench.rounds, {
      echo: (round) => echo(`echo-${round}`, pace),
      commit: (round) => commit(`commit-${round}`, pace),
      ours: (round) => ours(`ours-${round}`, pace),
    });
    const held = { perSecond: RATE, seconds: bench.scaled(HELD_SECONDS) };
    const { sentAt, doneAt } = await ours("held", held);
    const sentInRounds = (bench.rounds + 1) * pace.perSecond * pace.seconds;
    await expectCounted(platform, sentInRounds + sentAt.length);

    const at = (share: number, runs: readonly Run[]) =>
      median(runs.map((run) => percentile(latenciesOf(run), share)));
    const claim = "publish to processed at 1,000 events/s: p95";
    const row = { claim, ours: at(0.95, times.ours), p50: at(0.5, times.ours), unit: ms };
    const floors = { echo: at(0.95, times.echo), commit: at(0.95, times.commit) };
    return [
      { ...row, reach: below(10, ms), ids: ["BUS-17"] },
      { ...row, claim: `${claim}; floor: an echo`, floor: floors.echo, reach: withinOfFloor(1.5) },
      { ...row, claim: `${claim}; floor: an echo, a row committed`, floor: floors.commit },
      {
        // What is offered is 1,000/s; a hundredth is for the way of the last one.
        claim: `events processed, 1,000/s offered for ${held.seconds} s, none lost, each counted once`,
        ours: (sentAt.length * 1_000) / (percentile(doneAt, 1) - percentile(sentAt, 0)),
        unit: perSecond,
        reach: atLeast(990, perSecond),
        ids: ["BUS-15"],
      },
    ];
  },
};

/** When each event was handed over, and when it was through, on the machine's clock. */
interface Run {
  sentAt: Float64Array;
  doneAt: Float64Array;
}

const latenciesOf = ({ sentAt, doneAt }: Run): Float64Array =>
  doneAt.map((time, i) => time - (sentAt[i] ?? Number.NaN));

async function openWay(
  bench: Bench,
  via: keyof typeof senders,
  url: string,
  through: (wanted: WantedArrivals) => Promise<Float64Array>,
) {
  const sender = await bench.worker<SenderProgram>("sender");
  await sender.call("open", { via, url });
  return async (run: string, pace: Pace): Promise<Run> => {
    const { sentAt } = await sender.call("pace", { run, ...pace });
    return { sentAt, doneAt: await through({ run, count: sentAt.length }) };
  };
}

async function openEcho(bench: Bench, databaseUrl?: string) {
  const url = await bench.vhost();
  await declareOn(url);
  const echo = await bench.worker<Echo>("echo");
  await echo.call("open", { url, queue: QUEUE, databaseUrl });
  return openWay(bench, "amqplib", url, (wanted) => echo.call("arrived", wanted));
}

/** The platform's own counters, which count each event once. */
async function expectCounted({ url, apiKey }: RunningPlatform, expected: number): Promise<void> {
  const http = openHttp(url, apiKey);
  const { events } = JSON.parse(await http.send({ method: "GET", path: "/metrics" }));
  http.close();
  expectExactly("events counted", expected, events.total);
}
