import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import type { Fault } from "../../../layers/core/errors.ts";
import { batchAnswer } from "../answers.ts";
import { type Api, ApiError } from "../api.ts";
import { withRetries } from "../retry.ts";
import { type Batch, dataPoint } from "./batch.ts";
import type { Tally } from "./tally.ts";

const gzip = promisify(gzipCallback);

export interface SenderOptions {
  api: Api;
  /** Requests under way at the same time. */
  concurrency: number;
  tally: Tally;
  /** Ends the retries: what is under way finishes. */
  signal: AbortSignal;
  /** Told when a request failed and will be repeated. */
  onPause?: (error: ApiError, pauseMs: number) => void;
  /** @default 300000 */
  giveUpAfterMs?: number;
}

export interface Sender {
  /**
   * Resolves once there is room for the batch, not when it has arrived.
   *
   * @throws {ApiError} an earlier batch failed in a way that the next would too
   */
  send(batch: Batch): Promise<void>;
  /** Resolves when nothing is under way any more. @throws {ApiError} as above */
  drain(): Promise<void>;
}

/**
 * Sends batches, several at a time. A batch that failed in passing is repeated under the same Idempotency-Key, so
 * that one whose answer was lost is not counted twice. Points that the API refuses are tallied with their reason;
 * any other refusal (a key without the right, say) ends it all.
 */
export function createSender({ api, concurrency, tally, ...retries }: SenderOptions): Sender {
  const underWay = new Set<Promise<void>>();
  let failure: unknown;

  async function deliver(batch: Batch): Promise<void> {
    await post(api, batch, retries, tally).catch((error: unknown) => {
      failure ??= error;
    });
  }

  return {
    async send(batch) {
      while (underWay.size >= concurrency) await Promise.race(underWay);
      if (failure) throw failure;
      const delivery = deliver(batch).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async drain() {
      await Promise.all(underWay);
      if (failure) throw failure;
    },
  };
}

async function post(
  api: Api,
  batch: Batch,
  retries: Pick<SenderOptions, "signal" | "onPause" | "giveUpAfterMs">,
  tally: Tally,
): Promise<void> {
  const body = await gzip(JSON.stringify({ data_points: batch.points.map(({ point }) => dataPoint(point)) }));
  const headers = { "content-encoding": "gzip", "idempotency-key": randomUUID() };
  const path = `/api/v1/telemetry/devices/${encodeURIComponent(batch.deviceId)}/telemetry/batch`;
  const call = () => api.call({ method: "POST", path, body, headers, answer: batchAnswer });
  try {
    const { body: result } = await withRetries(call, retries);
    tally.accepted(result.ingested_count);
    tallyFaults(tally, batch, result.errors, result.failed_count);
  } catch (error) {
    if (!isAboutPoints(error)) throw error;
    tallyFaults(tally, batch, error.faults, batch.points.length);
  }
}

const PLACE = /^data_points\[(\d+)\](?:\.(.+))?$/;

/** When every point of a batch is refused, the answer is an error that names the first hundred. */
const isAboutPoints = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.faults.length > 0 && error.faults.every(({ path }) => PLACE.test(path));

/** A point counts under the first thing that is wrong with it; those not named, under what is wrong with the rest. */
function tallyFaults(tally: Tally, batch: Batch, faults: readonly Fault[], refused: number): void {
  const reasons = new Map<number, string>();
  for (const { path, message } of faults) {
    const [, index, field] = PLACE.exec(path) ?? [];
    const at = Number(index);
    if (!reasons.has(at)) reasons.set(at, field ? `${field}: ${message}` : message);
  }
  for (const [index, reason] of reasons) tally.refused(reason, batch.file, batch.points[index]?.line);
  const unnamed = refused - reasons.size;
  const all = new Set(reasons.values());
  const [only] = all;
  if (unnamed > 0) tally.refusedUnnamed(all.size === 1 && only ? only : "not named by the API", unnamed);
}
