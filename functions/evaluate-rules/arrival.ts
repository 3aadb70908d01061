import type { Delivery } from "../../layers/broker/delivery.ts";
import { inboxEntryOf } from "../../layers/broker/inbox-entry.ts";
import { markOf, TICK_TYPE } from "../../layers/core/alerting/tick.ts";
import { decodeEvent, type Event, identityOf, timeOf } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import type { StoredPoint } from "../../layers/core/measurement.ts";
import { decodeMeasurements } from "../../layers/core/measurement-event.ts";
import { LOGICAL_PARTITIONS } from "../../layers/core/partition.ts";
import { type Micros, microsOf } from "../../layers/core/time.ts";
import type { InboxEntry } from "../../layers/storage/registry/port.ts";

/** What the queue brings: measurements, and behind them now and then a tick. */
export type Arrival = (Points | Tick) & {
  entry: InboxEntry;
  correlationId: string;
  /** `source#id` */
  identity: string;
};

export interface Points {
  kind: "points";
  points: readonly StoredPoint[];
  acceptedAt: Micros;
}

export interface Tick {
  kind: "tick";
  partition: number;
  mark: Micros;
}

/** @throws {PermanentError} it is neither */
export function decode(delivery: Delivery): Arrival {
  const event = decodeEvent(delivery.body);
  const entry = inboxEntryOf(delivery, event);
  const named = { entry, correlationId: event.correlation_id, identity: `${event.source}#${event.id}` };
  if (event.type === TICK_TYPE) return { ...named, ...tickIn(event) };
  const { points, acceptedMs } = decodeMeasurements(event);
  return { ...named, kind: "points", points, acceptedAt: microsOf(acceptedMs) };
}

function tickIn(event: Event): Tick {
  const partition = Number(event.partitionkey);
  if (!Number.isInteger(partition) || partition < 0 || partition >= LOGICAL_PARTITIONS) {
    const message = `expected a tick of a partition from 0 to 15, got ${event.partitionkey} in ${identityOf(event)}`;
    throw new PermanentError(message, { code: "undecodable" });
  }
  return { kind: "tick", partition, mark: markOf(timeOf(event)) };
}
