import * as z from "zod";
import { describe, type Envelope, type Event, eventSchema, faultsOf, identityOf } from "./envelope.ts";
import { PermanentError, RefusedError } from "./errors.ts";
import { stableHash } from "./ids.ts";
import { type Point, type StoredPoint, versionOf } from "./measurement.ts";
import { partitionKey, partitionOf } from "./partition.ts";
import { formatTime, microsOf, parseTime } from "./time.ts";

export const MEASUREMENT_TYPE = "telemetry.data.received";

/** Points go out in messages of at most this size: RabbitMQ's Raft log dislikes large ones. */
export const MAX_MEASUREMENT_BYTES = 256 * 1_024;
const ENVELOPE_BYTES = 2 * 1_024;

/** The version has ten bits for it: a device may have no more points than this in one request. */
const MAX_INDEX = 1_023;

export interface AcceptedPoint {
  point: Point;
  /** Where it stood in its device's part of the request, 0 to 1,023: what its version is made of. */
  index: number;
}

export interface Acceptance {
  /** Milliseconds since the Unix epoch at which the request was accepted. */
  acceptedMs: number;
  source: string;
  correlationId: string;
  /** The id of each message, from its partition and number. The same for a repeat of an idempotent request. */
  messageId: (partition: number, part: number) => string;
  /** The request carried an idempotency key: consumers remember the messages and pass over a repeat. */
  idempotent: boolean;
  /** The revision of the definitions that the points were checked by: who stores them must know no older one. */
  definitions?: number;
  userId?: string;
}

/** An event with its body written already: points are serialised once and never copied. */
export interface EncodedEvent {
  event: Envelope;
  routingKey: string;
  body: Buffer;
}

/**
 * One event per logical partition, split where it would grow beyond 256 KB. What comes out can always be decoded.
 *
 * @throws {RefusedError} 400: the acceptance makes no valid envelope
 * @throws {RangeError} an index beyond 1,023
 */
export function encodeMeasurements(
  accepted: readonly AcceptedPoint[],
  acceptance: Acceptance,
): EncodedEvent[] {
  const encoded: EncodedEvent[] = [];
  for (const [partition, points] of byPartition(accepted)) {
    for (const part of inParts(points)) encoded.push(encodePart(part, partition, encoded.length, acceptance));
  }
  checkEnvelope(encoded[0]?.event);
  return encoded;
}

export const dataSchema = z.object({
  accepted: z.number().int().positive(),
  idempotent: z.boolean(),
  definitions: z.number().int().min(0).optional(),
  points: z
    .array(
      z.object({
        device_id: z.string(),
        timestamp: z.string(),
        metric_name: z.string(),
        value: z.unknown(),
        unit: z.string().optional(),
        tags: z.record(z.string(), z.string()).optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
        seq: z.number().int().min(0).max(MAX_INDEX),
      }),
    )
    .min(1),
});

export interface Measurements {
  acceptedMs: number;
  idempotent: boolean;
  /** 0 where the sender did not say. */
  definitions: number;
  points: StoredPoint[];
}

/** @throws {PermanentError} `undecodable`, naming the field, if the event's data are not measurements. */
export function decodeMeasurements(event: Event): Measurements {
  const parsed = dataSchema.safeParse(event.data);
  if (!parsed.success) throw undecodable(describe(faultsOf(parsed.error, "data")));
  const tie = stableHash(identityOf(event));
  const { accepted, idempotent, definitions = 0 } = parsed.data;
  const points = parsed.data.points.map((raw, i): StoredPoint => {
    const time = parseTime(raw.timestamp);
    if (time === undefined) throw undecodable(`data.points[${i}].timestamp: expected an RFC 3339 time`);
    if (raw.value === undefined || raw.value === null) throw undecodable(`data.points[${i}].value: required`);
    const point = { deviceId: raw.device_id, metricName: raw.metric_name, time, value: raw.value };
    const described = { unit: raw.unit, tags: raw.tags, metadata: raw.metadata };
    return { ...point, ...described, version: versionOf(accepted, raw.seq), tie } as StoredPoint;
  });
  return { acceptedMs: accepted, idempotent, definitions, points };
}

const undecodable = (what: string) =>
  new PermanentError(`not a valid ${MEASUREMENT_TYPE}: ${what}`, { code: "undecodable" });

/** Of one message for all: they differ in the id and the partition only. */
function checkEnvelope(envelope: Envelope | undefined): void {
  const parsed = envelope && eventSchema.safeParse(envelope);
  if (!parsed || parsed.success) return;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(400, `not a valid ${MEASUREMENT_TYPE}: ${describe(faults)}`, faults);
}

function byPartition(accepted: readonly AcceptedPoint[]): Map<number, AcceptedPoint[]> {
  const groups = new Map<number, AcceptedPoint[]>();
  const known = new Map<string, number>();
  for (const each of accepted) {
    const { deviceId } = each.point;
    const partition = known.get(deviceId) ?? partitionOf(deviceId);
    known.set(deviceId, partition);
    const group = groups.get(partition);
    if (group) group.push(each);
    else groups.set(partition, [each]);
  }
  return groups;
}

function* inParts(points: readonly AcceptedPoint[]): Generator<string[]> {
  let part: string[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const { point, index } of points) {
    if (index > MAX_INDEX) throw new RangeError(`expected an index up to ${MAX_INDEX}, got ${index}`);
    const text = pointText(point, index);
    const size = Buffer.byteLength(text) + 1;
    if (part.length > 0 && bytes + size > MAX_MEASUREMENT_BYTES) {
      yield part;
      part = [];
      bytes = ENVELOPE_BYTES;
    }
    part.push(text);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function pointText({ deviceId, metricName, time, value, unit, tags, metadata }: Point, seq: number): string {
  const timestamp = formatTime(time);
  return JSON.stringify({
    device_id: deviceId,
    timestamp,
    metric_name: metricName,
    value,
    unit,
    tags,
    metadata,
    seq,
  });
}

function encodePart(texts: string[], partition: number, part: number, acceptance: Acceptance): EncodedEvent {
  const { acceptedMs, source, correlationId, messageId, idempotent, definitions = 0, userId } = acceptance;
  const event: Envelope = {
    specversion: "1.0",
    id: messageId(partition, part),
    source,
    type: MEASUREMENT_TYPE,
    time: formatTime(microsOf(acceptedMs)),
    correlation_id: correlationId,
    datacontenttype: "application/json",
    partitionkey: partitionKey(partition),
  };
  if (userId) event.userid = userId;
  const envelope = JSON.stringify(event).slice(0, -1);
  const about = `"accepted":${acceptedMs},"idempotent":${idempotent},"definitions":${definitions}`;
  const data = `{${about},"points":[${texts.join(",")}]}`;
  const body = Buffer.from(`${envelope},"data":${data}}`);
  return { event, routingKey: `${MEASUREMENT_TYPE}.${event.partitionkey}`, body };
}
