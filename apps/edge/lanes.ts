import type { Envelope } from "../../layers/core/envelope.ts";
import type { SentEntry } from "../../layers/core/log-entry.ts";
import { entryText } from "../../layers/core/log-event.ts";
import { isObject } from "../../layers/core/log-fields.ts";
import { formatTime, parseTime } from "../../layers/core/time.ts";
import type { MetricEntry } from "./entries.ts";

// What waits on disk, and how it goes to the platform. A record outlives the agent that wrote it: its form never
// changes its meaning. A new form must be told apart from these by its first byte.
//
//   logs      {"timestamp":…,"service":…,"log.record.uid":…}      an entry as POST /api/v1/logs takes it
//   metrics   device id, line feed, {"timestamp":…,"metric_name":…}    a point as the bulk route takes it
//   events    {"specversion":"1.0",…}                             a CloudEvent

export type LaneName = "logs" | "metrics" | "events";

/** What the platform would not take of a batch: where it stands in it, and why. */
export interface Failure {
  index: number;
  reason: string;
}

export interface Lane {
  readonly name: LaneName;
  readonly path: string;
  readonly contentType: string;
  bodyOf(records: readonly Buffer[]): Buffer;
  /**
   * What an answer of 2xx says of the records.
   *
   * @returns `undefined` where it is no answer of the platform's: a captive portal's page, say
   */
  failuresIn(answer: unknown, records: readonly Buffer[]): Failure[] | undefined;
  /** As a person reads it, and could send it again. */
  plain(record: Buffer): unknown;
  /**
   * Of two records with one key the later sent counts, so that they must not overtake each other.
   * Left out: the order is of no importance.
   */
  keysOf?(records: readonly Buffer[]): Set<string>;
}

const COMMA = Buffer.from(",");
const listOf = (records: readonly Buffer[]): Buffer => {
  const parts = records.flatMap((record, i) => (i === 0 ? [record] : [COMMA, record]));
  return Buffer.concat([Buffer.from("["), ...parts, Buffer.from("]")]);
};

/** Text where it is no JSON: one strange record must not hold up its lane. */
function parsed(record: Buffer): unknown {
  const text = record.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Fault {
  index?: unknown;
  path?: unknown;
  message?: unknown;
}

const faultsIn = (errors: unknown): Fault[] => (Array.isArray(errors) ? errors.filter(isObject) : []);
const reasonOf = ({ path, message }: Fault): string =>
  typeof path === "string" && path !== "" ? `${path}: ${message}` : String(message);

const logs: Lane = {
  name: "logs",
  path: "/api/v1/logs",
  contentType: "application/json",
  bodyOf: listOf,
  plain: parsed,
  failuresIn(answer, records) {
    if (!isObject(answer) || answer.total_count !== records.length) return undefined;
    return faultsIn(answer.errors).flatMap((fault) =>
      typeof fault.index === "number" ? [{ index: fault.index, reason: reasonOf(fault) }] : [],
    );
  },
};

const LINE_FEED = 10;
const deviceOf = (record: Buffer): string => record.toString("utf8", 0, record.indexOf(LINE_FEED));
const pointOf = (record: Buffer): Buffer => record.subarray(record.indexOf(LINE_FEED) + 1);

/** The points of each device, and where they stand among the records. */
function byDevice(records: readonly Buffer[]): Map<string, number[]> {
  const devices = new Map<string, number[]>();
  records.forEach((record, index) => {
    const device = deviceOf(record);
    const indexes = devices.get(device);
    if (indexes) indexes.push(index);
    else devices.set(device, [index]);
  });
  return devices;
}

const metrics: Lane = {
  name: "metrics",
  path: "/api/v1/telemetry/bulk",
  contentType: "application/json",
  bodyOf(records) {
    const devices = [...byDevice(records)].map(([device, indexes]) => {
      const points = indexes.flatMap((index) => records[index] ?? []).map(pointOf);
      return Buffer.concat([Buffer.from(`${JSON.stringify(device)}:`), listOf(points)]);
    });
    const parts = devices.flatMap((part, i) => (i === 0 ? [part] : [COMMA, part]));
    return Buffer.concat([Buffer.from("{"), ...parts, Buffer.from("}")]);
  },
  plain: (record) => ({ device_id: deviceOf(record), ...(parsed(pointOf(record)) as object) }),
  failuresIn(answer, records) {
    if (!isObject(answer) || answer.total_count !== records.length || !isObject(answer.results)) {
      return undefined;
    }
    const { results } = answer;
    return [...byDevice(records)].flatMap(([device, indexes]) => {
      const result = results[device];
      // A fault without an index is the device's, and so of all of its points.
      return faultsIn(isObject(result) && result.errors).flatMap((fault) => {
        const at = typeof fault.index === "number" ? [indexes[fault.index]] : indexes;
        return at.flatMap((index) => (index === undefined ? [] : [{ index, reason: reasonOf(fault) }]));
      });
    });
  },
  keysOf(records) {
    return new Set(
      records.map((record) => {
        const { timestamp, metric_name } = parsed(pointOf(record)) as MetricEntry;
        return `${deviceOf(record)} ${timestamp} ${metric_name}`;
      }),
    );
  },
};

const events: Lane = {
  name: "events",
  path: "/api/v1/events",
  contentType: "application/cloudevents-batch+json",
  bodyOf: listOf,
  plain: parsed,
  failuresIn: (answer, records) =>
    isObject(answer) && Array.isArray(answer.accepted) && answer.accepted.length === records.length
      ? []
      : undefined,
};

export const lanes: Readonly<Record<LaneName, Lane>> = { logs, metrics, events };

/** With an id, by which the platform knows it whatever batch brings it; a sender's own is kept. */
export const encodeLog = (entry: SentEntry, newUid: () => string): Buffer =>
  Buffer.from(entryText(entry.uid === undefined ? { ...entry, uid: newUid() } : entry));

export const encodeEvent = (event: Envelope & { data: unknown }): Buffer =>
  Buffer.from(JSON.stringify(event));

/** Its time written in one way only, so that equal times are equal texts. */
export function encodeMetric({ device_id, timestamp, ...rest }: MetricEntry): Buffer {
  const time = parseTime(timestamp);
  const point = { timestamp: time === undefined ? timestamp : formatTime(time), ...rest };
  return Buffer.from(`${device_id}\n${JSON.stringify(point)}`);
}
