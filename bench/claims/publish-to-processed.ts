import type { WantedArrivals } from "../arrivals.ts";
import type { Bench, RunningPlatform } from "../bench.ts";
import { atLeast, below, type Claim, ms, perSecond, withinOfFloor } from "../claim.ts";
import { openHttp } from "../http.ts";
import { expectExactly, interleave, median, type Pace, percentile } from "../measure.ts";
import { declareOn } from "../queue.ts";
import { QUEUE, type senders } from "../senders.ts";
import type { Worker } from "../worker.ts";
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
    const ours = await openSender(bench, "publisher", platform.amqpUrl);
    const url = await bench.vhost();
    await declareOn(url);
    const echo = await bench.worker<Echo>("echo");
    await echo.call("open", { url, queue: QUEUE });
    const floor = await openSender(bench, "amqplib", url);

    const pace = { perSecond: RATE, seconds: bench.scaled(SECONDS) };
    const throughPlatform = (wanted: WantedArrivals) => platform.process.call("processed", wanted);
    const latencies = await interleave(bench.rounds, {
      floor: (round) => latenciesOf(floor, `floor-${round}`, pace, (wanted) => echo.call("arrived", wanted)),
      ours: (round) => latenciesOf(ours, `ours-${round}`, pace, throughPlatform),
    });
    const held = { perSecond: RATE, seconds: bench.scaled(HELD_SECONDS) };
    const heldRate = await rateHeld(ours, held, throughPlatform);
    const inRounds = (bench.rounds + 1) * pace.perSecond * pace.seconds;
    await expectCounted(platform, inRounds + held.perSecond * held.seconds);

    const at = (share: number, rounds: Float64Array[]) =>
      median(rounds.map((each) => percentile(each, share)));
    const figures = { ours: at(0.95, latencies.ours), p50: at(0.5, latencies.ours), unit: ms };
    const claim = "publish to processed at 1,000 events/s: p95";
    return [
      { claim, ...figures, floor: at(0.95, latencies.floor), reach: withinOfFloor(1.5) },
      { claim, ...figures, reach: below(10, ms), ids: ["BUS-17"] },
      {
        // What is offered is 1,000/s; a hundredth is for the way of the last one.
        claim: `events processed, 1,000/s offered for ${held.seconds} s, none lost, each counted once`,
        ours: heldRate,
        unit: perSecond,
        reach: atLeast(990, perSecond),
        ids: ["BUS-15"],
      },
    ];
  },
};

type Arrived = (wanted: WantedArrivals) => Promise<Float64Array>;

async function openSender(
  bench: Bench,
  via: keyof typeof senders,
  url: string,
): Promise<Worker<SenderProgram>> {
  const sender = await bench.worker<SenderProgram>("sender");
  await sender.call("open", { via, url });
  return sender;
}

async function latenciesOf(
  sender: Worker<SenderProgram>,
  run: string,
  pace: Pace,
  arrived: Arrived,
): Promise<Float64Array> {
  const { sentAt } = await sender.call("pace", { run, ...pace });
  const times = await arrived({ run, count: sentAt.length });
  return times.map((time, i) => time - (sentAt[i] ?? Number.NaN));
}

async function rateHeld(sender: Worker<SenderProgram>, pace: Pace, arrived: Arrived): Promise<number> {
  const { sentAt } = await sender.call("pace", { run: "held", ...pace });
  const times = await arrived({ run: "held", count: sentAt.length });
  return (sentAt.length * 1_000) / (Math.max(...times) - (sentAt[0] ?? Number.NaN));
}

/** The platform's own counters, which count each event once. */
async function expectCounted({ url, apiKey }: RunningPlatform, expected: number): Promise<void> {
  const http = openHttp(url, apiKey);
  const { events } = JSON.parse(await http.send({ method: "GET", path: "/metrics" }));
  http.close();
  expectExactly("events counted", expected, events.total);
}
