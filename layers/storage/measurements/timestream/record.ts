import type { _Record as TimestreamRecord } from "@aws-sdk/client-timestream-write";
import { PermanentError } from "../../../core/errors.ts";
import { isStorable } from "../../../core/json.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import { HOLDS, type Measure, measures } from "./columns.ts";

/** "Maximum record size" ("Quotas", Amazon Timestream Developer Guide): names and values of all that is in it. */
export const MOST_RECORD_BYTES = 2_048;
const TIME_BYTES = 8;
/** Of the names of dimensions and measures, whatever a record has of them. */
const NAMES_BYTES = ["device", "metric", "measure_name", "point", ...Object.keys(measures)].join("").length;

/** What a record says besides: what it holds, its version and its days. */
const OWN_BYTES = 64;
const OWN: ReadonlySet<string> = new Set<Measure>(["holds", "version", "days"]);

/** A point may have so much: device, metric, value, unit, tags and metadata, as they are stored. */
export const MOST_POINT_BYTES = MOST_RECORD_BYTES - NAMES_BYTES - TIME_BYTES - OWN_BYTES;

/** Versions begin at 0, Timestream's at 1. */
export const wireVersion = (version: number): number => version + 1;

export type Content = Partial<Record<Measure, string>>;

/** The measures of a point, `holds` and `version` among them. */
export function contentOf(point: StoredPoint, days?: number): Content {
  const { unit, tags, metadata, version } = point;
  const content: Content = { ...valueContent(point.value), version: String(version) };
  const letters = Object.keys(content).flatMap((name) =>
    name in HOLDS ? [HOLDS[name as keyof typeof HOLDS]] : [],
  );
  const hold = (name: keyof typeof HOLDS & Measure, text: string) => {
    content[name] = text;
    letters.push(HOLDS[name]);
  };
  if (unit === "") letters.push(HOLDS.emptyUnit);
  else if (unit !== undefined) hold("unit", unit);
  if (tags) hold("tags", JSON.stringify(tags));
  if (metadata) hold("metadata", JSON.stringify(metadata));
  if (days !== undefined) hold("days", String(days));
  return { ...content, holds: letters.join("") };
}

function valueContent(value: StoredPoint["value"]): Content {
  if (typeof value === "number") return { value: Object.is(value, -0) ? "-0.0" : String(value) };
  if (typeof value === "boolean") return { flag: String(value) };
  // An empty text cannot be written as it is.
  return typeof value === "string" && value !== "" ? { text: value } : { document: JSON.stringify(value) };
}

/** All measures with nothing in them: what a table begins with, and what an erased point is written over with. */
export const blankContent = (version = 0): Content => ({
  ...Object.fromEntries(Object.entries(measures).map(([name, { blank }]) => [name, blank])),
  version: String(version),
});

export function recordOf(
  { deviceId, metricName, time }: Pick<StoredPoint, "deviceId" | "metricName" | "time">,
  content: Content,
  version: number,
): TimestreamRecord {
  return {
    Dimensions: [
      { Name: "device", Value: deviceId },
      { Name: "metric", Value: metricName },
    ],
    Time: String(time),
    Version: wireVersion(version),
    MeasureValues: Object.entries(content).map(([name, Value]) => ({
      Name: name,
      Value,
      Type: measures[name as Measure].type,
    })),
  };
}

/** @throws {PermanentError} the point cannot be stored, whenever it comes */
export function refuseImpossible(point: StoredPoint, content: Content): void {
  const { deviceId, metricName, value, unit } = point;
  if (typeof value === "number" && !Number.isFinite(value))
    throw refused("a finite number", String(value), point);
  if (![deviceId, metricName, typeof value === "string" ? value : "", unit ?? ""].every(isStorable))
    throw refused("text without NUL or half of a surrogate pair", "such text", point);
  const texts = [
    deviceId,
    metricName,
    ...Object.entries(content).map(([name, text]) => (OWN.has(name) ? "" : text)),
  ];
  const bytes = Buffer.byteLength(texts.join(""));
  if (bytes > MOST_POINT_BYTES) throw refused(`at most ${MOST_POINT_BYTES} bytes`, `${bytes}`, point);
}

const refused = (expected: string, got: string, { deviceId, metricName }: StoredPoint) =>
  new PermanentError(`expected ${expected}, got ${got} for ${metricName} of ${deviceId}`, {
    code: "data_refused",
  });
