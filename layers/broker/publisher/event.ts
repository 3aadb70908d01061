import { acceptEvent, type Event } from "../../core/envelope.ts";
import { newEventId } from "../../core/ids.ts";
import { readPayload } from "../../core/payloads.ts";

export interface PublishOptions {
  /** Ties together everything that follows from one cause. @default a new one */
  correlationId?: string;
  /** The events this one follows from: `source#id`, or a bare id within the same source. */
  parents?: readonly string[];
  /** What the event is about, as CloudEvents' `subject`. */
  subject?: string;
  /** Events of one key keep their order. */
  partitionKey?: string;
  /** @default a random UUID */
  id?: string;
  /** RFC 3339. @default now */
  time?: string;
}

/**
 * Makes a checked event.
 *
 * @throws {RefusedError} naming what is wrong with the envelope or with a known type's payload
 */
export function makeEvent(source: string, type: string, data: unknown, options: PublishOptions = {}): Event {
  const { correlationId, parents, subject, partitionKey, id = newEventId(), time } = options;
  const input: Record<string, unknown> = {
    specversion: "1.0",
    id,
    source,
    type,
    datacontenttype: "application/json",
    data,
  };
  if (time !== undefined) input.time = time;
  if (correlationId !== undefined) input.correlation_id = correlationId;
  if (subject !== undefined) input.subject = subject;
  if (parents?.length) input.parentids = parents.join(",");
  if (partitionKey !== undefined) input.partitionkey = partitionKey;
  const event = acceptEvent(input, { now: Date.now() });
  readPayload(event);
  return event;
}
