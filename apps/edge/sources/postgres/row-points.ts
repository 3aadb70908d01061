import { describe } from "../../../../layers/core/envelope.ts";
import { checkPoint, deviceIdSchema } from "../../../../layers/core/measurement.ts";
import { formatTime, MICROS_PER_MS, type Micros } from "../../../../layers/core/time.ts";
import type { MetricEntry } from "../../entries.ts";
import { readCell } from "./cell.ts";
import type { Place, Plan } from "./columns.ts";
import type { Row } from "./connection.ts";
import type { TableSettings } from "./settings.ts";

export interface RowPoints {
  entries: MetricEntry[];
  /** What of the row cannot be a point, and never will: `temperature is NaN`. */
  refused: string[];
}

interface Reading {
  metric: string;
  place: Place;
  unit?: string;
}

/** NULL is no value, and no fault either: wide tables are full of it. */
export function pointsOf(row: Row, time: Micros, plan: Plan, settings: TableSettings): RowPoints {
  const found: RowPoints = { entries: [], refused: [] };
  const device_id = settings.device_id ?? textAt(row, plan.device);
  if (device_id === undefined || !deviceIdSchema.safeParse(device_id).success) {
    found.refused.push(`${settings.device} is no device id`);
    return found;
  }
  const readings = readingsOf(row, plan, settings);
  if (!readings) found.refused.push(`${settings.metric} is NULL`);
  const tags = recordOf(row, plan.tags);
  const labels = recordOf(row, plan.labels);
  for (const { metric, place, unit } of readings ?? []) {
    const text = row[place.at];
    if (text === null || text === undefined) continue;
    const { value, fault } = readCell(text, place.kind);
    if (value === null) continue;
    const entry: MetricEntry = { device_id, timestamp: formatTime(time), metric_name: metric, value };
    if (labels) entry.metric_name = withLabels(metric, labels);
    if (unit !== undefined) entry.unit = unit;
    if (tags) entry.tags = tags;
    const reason = fault ?? faultIn(entry, time);
    if (reason) found.refused.push(`${metric} ${reason}`);
    else found.entries.push(entry);
  }
  return found;
}

function readingsOf(row: Row, plan: Plan, { prefix }: TableSettings): Reading[] | undefined {
  if (!plan.metric || !plan.value) return plan.values.map((place) => ({ metric: place.metric, place }));
  const metric = textAt(row, plan.metric);
  if (metric === undefined) return undefined;
  return [{ metric: prefix + metric, place: plan.value, unit: textAt(row, plan.unit) }];
}

/** What the platform would say, but for the age, which it knows better. */
function faultIn({ device_id: deviceId, ...point }: MetricEntry, time: Micros): string | undefined {
  const { faults } = checkPoint(point, { deviceId, now: time / MICROS_PER_MS, path: "" });
  return faults && describe(faults);
}

const textAt = (row: Row, place: Place | undefined): string | undefined =>
  place === undefined ? undefined : (row[place.at] ?? undefined);

function recordOf(row: Row, places: Plan["tags"]): Record<string, string> | undefined {
  const pairs = places.flatMap((place) => {
    const text = textAt(row, place);
    return text === undefined ? [] : [[place.name, text] as const];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

/** The labels are in sorted order already. */
function withLabels(metric: string, labels: Record<string, string>): string {
  const written = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/["\\]/g, "\\$&")}"`,
  );
  return `${metric}{${written.join(",")}}`;
}
