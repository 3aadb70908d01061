import type pg from "pg";
import type { Value } from "../../../core/measurement.ts";
import type { Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import { pageOf } from "../cursor.ts";
import type { Bucket, BucketQuery, Page } from "../port.ts";
import { bucketStatement } from "./bucket-statement.ts";
import { valueIn } from "./read-points.ts";
import { type Selection, select } from "./selection.ts";
import { readWindows, type Window } from "./windows.ts";

interface BucketRow {
  rank: number;
  start: string;
  value: number | null;
  document: Value | null;
  unit: string | null;
}

export async function readBuckets(pool: pg.Pool, wanted: BucketQuery, now: Micros): Promise<Page<Bucket>> {
  const selection = await select(pool, wanted, now);
  if (!selection) return { items: [] };
  const { interval } = wanted;
  const limit = wanted.limit + 1;
  // As if every bucket held a point.
  const width = Math.ceil(limit / selection.named.length) * interval;
  const buckets = await readWindows({ ...selection, limit, width, align: interval }, (window, missing) =>
    readWindow(pool, selection, wanted, window, missing),
  );
  return pageOf(buckets, wanted.limit, ({ start, deviceId = "", metricName }) => ({
    time: start,
    deviceId,
    metricName,
  }));
}

async function readWindow(
  pool: pg.Pool,
  selection: Selection,
  wanted: BucketQuery,
  window: Window,
  limit: number,
): Promise<Bucket[]> {
  const statement = bucketStatement(selection, wanted, window, limit);
  const rows = await query<BucketRow>(pool, "reading buckets", statement);
  return rows.map(({ rank, start, value, document, unit }) => {
    const { deviceId, metricName = "" } = selection.named[rank] ?? {};
    const bucket: Bucket = { start: Number(start), metricName, value: valueIn(value, document) };
    if (deviceId !== undefined) bucket.deviceId = deviceId;
    if (unit !== null) bucket.unit = unit;
    return bucket;
  });
}
