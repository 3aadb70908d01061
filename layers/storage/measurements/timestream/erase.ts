import type { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { versionOf } from "../../../core/measurement.ts";
import { MICROS_PER_DAY, MICROS_PER_MS, type Micros } from "../../../core/time.ts";
import { ask, numberIn, textIn } from "./ask.ts";
import { BLANK, MEASURE } from "./columns.ts";
import { blankContent } from "./record.ts";
import { newestAt } from "./rejections.ts";
import type { Place } from "./source.ts";
import { identifier, microsIn, quoted, timestamp } from "./sql.ts";
import { tableOf } from "./tables.ts";
import { type Destination, type Writing, writeRecords } from "./write-records.ts";

/**
 * Timestream deletes nothing before its time. So what a point says is written over with nothing, by a record of a
 * version that is above the point's and below that of whatever is accepted later: no answer counts it any more. Its
 * key (time, device, metric) stays until it expires. What no answer counts for its age is left alone: soon Timestream
 * takes no record of its time any more.
 */
export async function erase(
  destination: Destination,
  query: TimestreamQueryClient,
  place: Place,
  { deviceId, before, limit }: { deviceId: string; before: Micros; limit: number },
): Promise<number> {
  const firstKept = versionOf(Math.ceil(before / MICROS_PER_MS), 0);
  const found: Writing[] = [];
  for (const days of place.tables) {
    if (found.length < limit) found.push(...(await recordsOf(days, limit - found.length)));
  }
  await writeRecords(destination, found, place.now);
  return found.length;

  async function recordsOf(days: number, most: number): Promise<Writing[]> {
    const [oldest, end] = [place.now - days * MICROS_PER_DAY, newestAt(place.now) + 1];
    const sql = `SELECT to_nanoseconds(time) AS nanos, metric, version
      FROM ${identifier(place.database)}.${identifier(tableOf(days))}
      WHERE measure_name = ${quoted(MEASURE)} AND device = ${quoted(deviceId)}
        AND time >= ${timestamp(oldest)} AND time < ${timestamp(end)}
        AND holds <> ${quoted(BLANK)} AND version < ${firstKept}
      ORDER BY time, metric LIMIT ${most}`;
    const rows = await ask(query, "finding points to erase", sql);
    return rows.map((row) => {
      const version = Math.max(firstKept - 1, numberIn(row, "version") + 1);
      const key = {
        deviceId,
        metricName: textIn(row, "metric"),
        time: microsIn(textIn(row, "nanos")),
        version,
      };
      return { days, key, content: blankContent(version) };
    });
  }
}
