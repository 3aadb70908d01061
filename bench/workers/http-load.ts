import { type HttpClient, type HttpRequest, openHttp } from "../http.ts";
import { expectExactly, machineMs, type Pace, paced, until } from "../measure.ts";
import {
  BATCH,
  batchRequest,
  CONNECTIONS,
  DEVICES,
  latestRequest,
  newestTimeOf,
  type PointRun,
} from "../points.ts";
import { serve } from "../worker.ts";

// Sends requests, and fails when one of them is not answered with 200.

let http: HttpClient;

const tasks = {
  open({ url, apiKey }: { url: string; apiKey: string }) {
    http = openHttp(url, apiKey);
  },

  /** In turn, at an even pace that waits for no answer. @returns milliseconds until each answer was read */
  async pace({ requests, ...pace }: Pace & { requests: HttpRequest[] }) {
    const answers: Promise<number>[] = [];
    await paced(pace, (i) => {
      const next = requests[i % requests.length];
      if (next) answers.push(timed(next));
    });
    return Float64Array.from(await Promise.all(answers));
  },

  /** All at once. @returns milliseconds until each answer was read */
  async atOnce({ requests }: { requests: HttpRequest[] }) {
    return Float64Array.from(await Promise.all(requests.map(timed)));
  },

  /** Batches at an even pace. @returns when the first was sent, on the machine's clock, once all are acknowledged */
  async offer({ run, ...pace }: Pace & { run: PointRun }) {
    const requests = Array.from({ length: run.batches }, (_, batch) => batchRequest(run, batch));
    const startedAt = machineMs();
    await tasks.pace({ requests, ...pace });
    return startedAt;
  },

  /** @returns milliseconds until the last batch was acknowledged, and until the last point could be queried */
  async points(run: PointRun) {
    const requests = Array.from({ length: run.batches }, (_, batch) => batchRequest(run, batch));
    const startedAt = machineMs();
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => sendLane(requests, lane)));
    const acknowledgedMs = machineMs() - startedAt;
    for (let device = 0; device < DEVICES; device++) await queryable(run, device);
    return { acknowledgedMs, queryableMs: machineMs() - startedAt };
  },
};

async function timed(next: HttpRequest): Promise<number> {
  const sentAt = machineMs();
  await http.send(next);
  return machineMs() - sentAt;
}

/** One batch after the other, so that those of a device keep their order. */
async function sendLane(requests: readonly HttpRequest[], lane: number): Promise<void> {
  for (let batch = lane; batch < requests.length; batch += CONNECTIONS) {
    const next = requests[batch];
    if (!next) return;
    const { ingested_count } = JSON.parse(await http.send(next));
    expectExactly("points taken of a batch", BATCH, ingested_count);
  }
}

/** A device's points are recorded in their order: when the newest is there, all are. */
async function queryable(run: PointRun, device: number): Promise<void> {
  const newest = newestTimeOf(run, device);
  if (newest === undefined) return;
  await until(`the newest point of device ${device}`, async () => {
    // 404 until its first point is there.
    const { status, text } = await http.ask(latestRequest(device));
    return status === 200 && Date.parse(JSON.parse(text).timestamp) === newest;
  });
}

export type HttpLoad = typeof tasks;

serve(tasks, async () => http?.close());
