import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import type { Logger } from "../../../layers/core/logger.ts";
import type { MetricEntry } from "../../edge/entries.ts";

const gzip = promisify(gzipCallback);

export interface OutgoingOptions {
  /** Of the device's batches. */
  url: string;
  apiKey: string;
  logger: Logger;
  /**
   * Batches that may wait while the platform is away; then the oldest goes.
   * @default 240
   */
  maxWaiting?: number;
  /** @default 10000 */
  timeoutMs?: number;
}

export interface Outgoing {
  /** Takes a batch and sends what waits, the oldest first, until one fails. Never rejects. */
  send(points: readonly MetricEntry[]): Promise<void>;
  readonly waiting: number;
  /** Batches that gave way, or that the platform will never take. */
  readonly dropped: number;
}

/** Whose it is, the URL says. */
type DataPoint = Omit<MetricEntry, "device_id">;

interface Batch {
  /** The same at every attempt, so that a batch whose answer was lost changes nothing when it comes again. */
  key: string;
  points: readonly DataPoint[];
}

type Fate = "accepted" | "refused" | "later";

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { logger, maxWaiting = 240 } = options;
  const waiting: Batch[] = [];
  let dropped = 0;
  let away = false;

  function drop(reason: string): void {
    waiting.shift();
    dropped++;
    logger.warn("dropped a batch of this machine's metrics", { reason, dropped });
  }

  /** Said once per outage, not at each attempt. */
  function noticed(reason: string | undefined): void {
    if (reason !== undefined && !away) logger.warn("this machine's metrics wait", { reason });
    if (reason === undefined && away) logger.info("this machine's metrics arrive again");
    away = reason !== undefined;
  }

  async function sendOldest(batch: Batch): Promise<Fate> {
    const { fate, reason } = await post(batch, options);
    if (fate === "later") {
      noticed(reason);
      return fate;
    }
    noticed(undefined);
    if (fate === "refused") drop(reason);
    else waiting.shift();
    return fate;
  }

  let sending: Promise<void> | undefined;

  async function sendAll(): Promise<void> {
    for (let batch = waiting[0]; batch; batch = waiting[0]) {
      if ((await sendOldest(batch)) === "later") return;
    }
  }

  return {
    async send(points) {
      if (points.length > 0) waiting.push({ key: randomUUID(), points: points.map(withoutDevice) });
      sending ??= sendAll().finally(() => {
        sending = undefined;
        while (waiting.length > maxWaiting) drop("the platform was away for too long");
      });
      await sending;
    },
    get waiting() {
      return waiting.length;
    },
    get dropped() {
      return dropped;
    },
  };
}

const withoutDevice = ({ device_id: _, ...point }: MetricEntry): DataPoint => point;

async function post(
  { key, points }: Batch,
  { url, apiKey, timeoutMs = 10_000 }: OutgoingOptions,
): Promise<{ fate: Fate; reason: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
        "idempotency-key": key,
      },
      body: await gzip(JSON.stringify({ data_points: points })),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const reason = `${response.status} ${(await response.text()).slice(0, 500)}`;
    return { fate: response.ok ? "accepted" : mayPass(response.status) ? "later" : "refused", reason };
  } catch (error) {
    return { fate: "later", reason: String((error as Error).cause ?? error) };
  }
}

const mayPass = (status: number): boolean => status >= 500 || status === 408 || status === 429;
