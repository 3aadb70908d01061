import { type Claim, together } from "../claim.ts";
import type { HttpRequest } from "../http.ts";
import { BATCH, batchOf, batchRequest, deviceId, type PointRun, rawPoint } from "../points.ts";
import { type ResponseTimes, responseTimes } from "../response-times.ts";
import { expectStored } from "../stored.ts";

const DEVICES = 10;
const BULK_POINTS = 100;

/** How long a device waits for its answer, which is a promise: everything is on a queue of the broker. */
export const ingest: Claim = {
  name: "ingest",
  async run(bench) {
    const since = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
    const run: PointRun = { since, round: 0, batches: DEVICES };
    const platform = await bench.platform();
    const load = await bench.load(platform);
    const single = await responseTimes(bench, load, singles(run));
    const batch = await responseTimes(bench, load, batches(run));
    const inBulk = await responseTimes(bench, load, bulk(run));
    // The same points again and again: each is there once.
    await expectStored(platform, DEVICES * BATCH);
    return [...together(["NFR-001"], [...single, ...batch]), ...inBulk];
  },
};

const devices = Array.from({ length: DEVICES }, (_, device) => device);

function singles(run: PointRun): ResponseTimes {
  const request = (device: number): HttpRequest => ({
    method: "POST",
    path: `/api/v1/telemetry/devices/${deviceId(device)}/telemetry`,
    body: JSON.stringify(batchOf(run, device).map(rawPoint)[0]),
  });
  const limits = { perSecond: 100, belowMs: 100, ids: ["E1-US1 AC6"] };
  return { claim: "a single point acknowledged", requests: devices.map(request), ...limits };
}

function batches(run: PointRun): ResponseTimes {
  const requests = devices.map((device) => batchRequest(run, device));
  const limits = { perSecond: 10, belowMs: 500, ids: ["E1-US2 AC7"] };
  return { claim: "a batch of 1,000 points acknowledged", requests, ...limits };
}

function bulk(run: PointRun): ResponseTimes {
  const pointsOf = (device: number) => batchOf(run, device).slice(0, BULK_POINTS).map(rawPoint);
  const body = devices.map((device) => [deviceId(device), pointsOf(device)] as const);
  const request: HttpRequest = {
    method: "POST",
    path: "/api/v1/telemetry/bulk",
    body: JSON.stringify(Object.fromEntries(body)),
  };
  const limits = { perSecond: 10, belowMs: 1_000, ids: ["E1-US3 AC4"] };
  return { claim: "10 devices × 100 points in one request acknowledged", requests: [request], ...limits };
}
