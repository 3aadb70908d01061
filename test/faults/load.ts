import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Ledger, SentEvent, SentPoint } from "./ledger.ts";
import { ADMIN_KEY } from "./place.ts";
import type { Random } from "./random.ts";
import { deviceName, pointSource, rawPoint, sampleEvent } from "./samples.ts";

export interface LoadOptions {
  /** Where the platform answers; asked for each request, since it may move. */
  url: () => string;
  /** Written down here is what was acknowledged. */
  ledger: Ledger;
  random: Random;
  /** @default both */
  carries?: "points" | "events";
  /** Each has one request under way. @default 6 */
  clients?: number;
  /** Between a client's requests, twice as long at most. @default 20 */
  meanPauseMs?: number;
}

export interface Load {
  /** Requests that were not acknowledged and made again, by HTTP status or `connection`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Requests that were acknowledged with the broker away. */
  readonly spooled: number;
  /** Makes no new requests, and goes on with those under way until they are acknowledged. */
  stop(): Promise<void>;
}

/** Resolves when so many more points and events are acknowledged. */
export async function grown(ledger: Ledger, by: number): Promise<void> {
  const enough = ledger.size + by;
  await expect.poll(() => ledger.size, { timeout: 90_000 }).toBeGreaterThanOrEqual(enough);
}

interface LoadRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
  points?: readonly SentPoint[];
  events?: readonly SentEvent[];
}

const PATIENCE_MS = 35_000;
const LONGEST_PAUSE_MS = 400;

/**
 * Clients that send batches of points and of events over HTTP, and make a request again, under the same identity,
 * until it is acknowledged: so in the end everything that was ever attempted is acknowledged, and must be stored once.
 */
export function startLoad(options: LoadOptions): Load {
  const { url, ledger, random, carries, clients = 6, meanPauseMs = 20 } = options;
  const failures: Record<string, number> = {};
  let spooled = 0;
  const requests = requestSource(random, carries);
  let stopping = false;

  async function client(): Promise<void> {
    while (!stopping) {
      await untilAcknowledged(requests());
      await pause(random.below(2 * meanPauseMs));
    }
  }

  async function untilAcknowledged(request: LoadRequest): Promise<void> {
    for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const outcome = await attempt(url(), request);
      if (outcome === "spooled") spooled++;
      if (outcome === "spooled" || outcome === "confirmed") return ledger.add(request);
      failures[outcome] = (failures[outcome] ?? 0) + 1;
      await pause(pauseMs);
    }
  }

  const running = Promise.all(Array.from({ length: clients }, client));
  running.catch(() => undefined); // `stop` throws it.
  return {
    failures,
    get spooled() {
      return spooled;
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}

/**
 * @returns `confirmed` or `spooled` if it was acknowledged, else how it failed
 * @throws if it was refused, which no fault excuses
 */
async function attempt(url: string, { path, headers, body }: LoadRequest): Promise<string> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body, signal });
    const text = await answer.text();
    if (answer.status >= 500) return String(answer.status);
    const { success, queued = "confirmed" } = JSON.parse(text);
    if (answer.ok && success === true) return queued;
    throw new RangeError(`${path}: expected 200, 202 or 5xx, got ${answer.status} ${text}`);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return "connection";
  }
}

/** Of both, two requests in three carry points: of one device or several, with an idempotency key or without. */
function requestSource(random: Random, carries: LoadOptions["carries"]): () => LoadRequest {
  const nextPoint = pointSource(random);
  const json = { "content-type": "application/json", "x-api-key": ADMIN_KEY };
  const cloudEvents = { ...json, "content-type": "application/cloudevents-batch+json" };

  function batch(): LoadRequest {
    const deviceId = deviceName(random);
    const points = listOf(() => nextPoint(deviceId));
    const headers = random.below(2) === 0 ? json : { ...json, "idempotency-key": crypto.randomUUID() };
    return {
      path: `/api/v1/telemetry/devices/${deviceId}/telemetry/batch`,
      headers,
      body: JSON.stringify({ data_points: points.map(rawPoint) }),
      points,
    };
  }

  function bulk(): LoadRequest {
    const points = listOf(() => nextPoint());
    const byDevice = Map.groupBy(points, ({ deviceId }) => deviceId);
    const body = Object.fromEntries([...byDevice].map(([deviceId, own]) => [deviceId, own.map(rawPoint)]));
    return {
      path: "/api/v1/telemetry/bulk",
      headers: json,
      body: JSON.stringify(body),
      points,
    };
  }

  function events(): LoadRequest {
    const samples = listOf(() => sampleEvent(random));
    return {
      path: "/api/v1/events",
      headers: cloudEvents,
      body: JSON.stringify(samples.map(({ event }) => event)),
      events: samples.map(({ sent }) => sent),
    };
  }

  const listOf = <Item>(next: () => Item): Item[] => Array.from({ length: random.between(1, 25) }, next);
  const ofPoints = [batch, bulk];
  const kinds = carries === undefined ? [...ofPoints, events] : carries === "points" ? ofPoints : [events];
  return () => random.pick(kinds)();
}
