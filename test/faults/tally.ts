import { isDeepStrictEqual } from "node:util";
import { microsOf } from "../../layers/core/time.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../layers/storage/measurements/postgres/measurements.ts";
import type { Registry, Usage } from "../../layers/storage/registry/port.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { type DeadLetter, recordedDeadLetters } from "./dead-letters.ts";
import { eventKey, type Labels, type Ledger, pointKey, type SentEvent, type SentPoint } from "./ledger.ts";
import type { Place } from "./place.ts";
import { METRICS } from "./samples.ts";

/** Points and events together, each counted once. */
export interface Tally {
  /** Acknowledged. */
  sent: number;
  /** As it was sent, once. */
  stored: number;
  /** Among the dead letters, known or not. */
  dead: number;
  /** Stored beyond what was sent. */
  doubled: number;
  /** Neither stored as it was sent nor dead. */
  missing: number;
}

/** What is owed where every message was good. */
export const allStored = ({ size }: Ledger): Tally => tallyWith(size, 0);

export const tallyWith = (sent: number, dead: number): Tally => ({
  ...{ sent, stored: sent - dead, dead },
  ...{ doubled: 0, missing: 0 },
});

/** Holds the stores and the dead letters against the ledger, and says in one line how they compare. */
export async function tallyOf(title: string, place: Place, ledger: Ledger, seed: number): Promise<Tally> {
  const dead = deadIn(ledger, await recordedDeadLetters(place));
  const measurements = openPostgresMeasurements({ connectionString: place.databaseUrl });
  const registry = openPostgresRegistry({ connectionString: place.databaseUrl });
  try {
    const alive = ledger.without(dead.keys);
    const points = await comparePoints(measurements, alive.points);
    const events = await compareEvents(registry, [...alive.events.values()]);
    const tally = {
      sent: ledger.size,
      stored: points.stored + events.stored,
      dead: dead.count,
      doubled: points.doubled + events.doubled,
      missing: points.missing + events.missing,
    };
    console.log(`${title}: ${JSON.stringify(tally)}, of them ${ledger.events.size} events; seed ${seed}`);
    return tally;
  } finally {
    await Promise.all([measurements.close(), registry.close()]);
  }
}

/** Those whose effects are compared here; what else consumes the same events may fail by itself. */
const COMPARED = /^(metrics\.updates|telemetry\.points\.\d+)$/;

/** What the dead letters hold, in points and events. One that nobody sent counts too, and upsets the sum. */
function deadIn(ledger: Ledger, letters: readonly DeadLetter[]): { keys: Set<string>; count: number } {
  const keys = new Set<string>();
  let unknown = 0;
  for (const { messageId, body, queue } of letters) {
    if (!COMPARED.test(queue)) continue;
    const inside = keysIn(messageId, body).filter(
      (key) => ledger.garbage.has(key) || ledger.points.has(key) || ledger.events.has(key),
    );
    if (inside.length === 0) unknown++;
    for (const key of inside) keys.add(key);
  }
  return { keys, count: keys.size + unknown };
}

interface PointOnTheWire {
  device_id: string;
  metric_name: string;
  timestamp: string;
}

/** What a message carries, by the keys of the ledger: its own id, its event, its points. */
export function keysIn(messageId: string, body: Buffer): string[] {
  try {
    const { source, id, data } = JSON.parse(body.toString("utf8"));
    const points: PointOnTheWire[] = data?.points ?? [];
    const pointKeys = points.map(({ device_id, metric_name, timestamp }) =>
      pointKey({ deviceId: device_id, metricName: metric_name, time: microsIn(timestamp) }),
    );
    return [messageId, eventKey({ source, id }), ...pointKeys];
  } catch {
    return [messageId];
  }
}

/** Of a time as the platform writes it: none, three or six digits of a second. */
function microsIn(timestamp: string): number {
  const digits = /\.\d{3}(\d{3})Z$/.exec(timestamp)?.[1] ?? "0";
  return microsOf(Date.parse(timestamp)) + Number(digits);
}

interface Comparison {
  stored: number;
  doubled: number;
  missing: number;
}

async function comparePoints(store: Measurements, owed: Map<string, SentPoint>): Promise<Comparison> {
  const all = owed.size;
  let beyond = 0;
  for await (const point of storedPoints(store)) {
    const key = pointKey(point);
    if (!isDeepStrictEqual(owed.get(key)?.value, point.value) || !owed.delete(key)) beyond++;
  }
  return { stored: all - owed.size, doubled: beyond, missing: owed.size };
}

async function* storedPoints(store: Measurements) {
  const everything = { metrics: METRICS, from: 0, to: microsOf(Date.now() + 86_400_000), limit: 10_000 };
  let cursor: string | undefined;
  do {
    const { items, next } = await store.points({ ...everything, cursor });
    yield* items;
    cursor = next;
  } while (cursor !== undefined);
}

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * Counters know no single event: of each label what is there beyond what is owed is doubled, what is not is missing.
 *
 * @throws if the durations are not those of the same events
 */
async function compareEvents({ usage }: Registry, owed: readonly SentEvent[]): Promise<Comparison> {
  const counted = sums((await usage.counts(EVER)).map((row) => [labelText(row), row.count]));
  const { over, under } = difference(counted, sums(owed.map((event) => [labelText(event.labels), 1])));
  if (over + under === 0) await checkDurations(usage, owed);
  return { stored: owed.length - under, doubled: over, missing: under };
}

async function checkDurations(usage: Usage, owed: readonly SentEvent[]): Promise<void> {
  const measured = await usage.durations(EVER);
  const of = (name: string) => measured.filter(({ measure }) => measure === name);
  const api = owed.flatMap(({ durationMs }) => durationMs ?? []);
  const found = {
    processing: total(of("processing").map(({ count }) => count)),
    api: total(of("api").map(({ count }) => count)),
    apiMs: total(of("api").map(({ sumMs }) => sumMs)),
  };
  const due = { processing: owed.length, api: api.length, apiMs: total(api) };
  if (isDeepStrictEqual(found, due)) return;
  throw new Error(`expected the durations ${JSON.stringify(due)}, got ${JSON.stringify(found)}`);
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

const labelText = ({ type, vendor = "", tier = "", endpoint = "", cache = "", outcome = "" }: LabelsRead) =>
  [type, vendor, tier, endpoint, cache, outcome].join("|");

type LabelsRead = { [Name in keyof Labels]: string | undefined } & { type: string };

function sums(entries: readonly (readonly [string, number])[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, amount] of entries) totals.set(name, (totals.get(name) ?? 0) + amount);
  return totals;
}

function difference(found: ReadonlyMap<string, number>, owed: ReadonlyMap<string, number>) {
  let over = 0;
  let under = 0;
  for (const name of new Set([...found.keys(), ...owed.keys()])) {
    const surplus = (found.get(name) ?? 0) - (owed.get(name) ?? 0);
    if (surplus > 0) over += surplus;
    else under -= surplus;
  }
  return { over, under };
}
