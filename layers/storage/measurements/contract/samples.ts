import { randomUUID } from "node:crypto";
import type { StoredPoint } from "../../../core/measurement.ts";
import { alignDown, MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, microsOf } from "../../../core/time.ts";
import type { Bucket, BucketQuery, Measurements, Page, PointQuery } from "../port.ts";

export const SECOND = MICROS_PER_SECOND;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = MICROS_PER_DAY;

/** A midnight some days ago: far from what expires, and nothing near it is ahead of any clock. */
export const MIDNIGHT: Micros = alignDown(microsOf(Date.now()), DAY) - 10 * DAY;

/** A name that no other test uses, since all share one store. Those asked for later sort behind. */
export function newName(kind: string): string {
  names++;
  return `${kind}-${RUN}-${String(names).padStart(6, "0")}`;
}

const RUN = randomUUID().slice(0, 8);
let names = 0;

export const pointOf = (given: Partial<StoredPoint>): StoredPoint => ({
  deviceId: "device",
  metricName: "temperature",
  time: MIDNIGHT,
  value: 20.5,
  version: 1,
  tie: 0,
  ...given,
});

/** The point as it is answered. */
export function withoutVersion({ version: _version, tie: _tie, ...point }: StoredPoint) {
  return point;
}

/** The whole day after `MIDNIGHT`, and a limit that nothing here reaches. */
export const WHOLE_DAY = { from: MIDNIGHT, to: MIDNIGHT + DAY, limit: 10_000 };

/** Bytes, as stores compare them; for characters beyond U+FFFF that is not how JavaScript does. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Everything there is to answer, page by page, and the sizes of the pages. */
export async function everyPage<Query extends PointQuery, Item>(
  query: Query,
  ask: (query: Query) => Promise<Page<Item>>,
): Promise<{ items: Item[]; sizes: number[] }> {
  const items: Item[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ ...query, cursor });
    items.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.next;
  } while (cursor !== undefined);
  return { items, sizes };
}

/** All points of one device on that day. */
export async function pointsOf(store: Measurements, deviceId: string, metrics = ["temperature"]) {
  const { items } = await store.points({ ...WHOLE_DAY, devices: [deviceId], metrics });
  return items;
}

/** The one bucket that spans the day. */
export async function wholeDay(
  store: Measurements,
  query: Pick<BucketQuery, "aggregation" | "devices" | "metrics" | "acrossDevices">,
): Promise<Bucket | undefined> {
  const { items } = await store.buckets({ ...WHOLE_DAY, interval: DAY, ...query });
  return items[0];
}
