import { acceptEvent, type Event } from "../../core/envelope.ts";
import { newEventId } from "../../core/ids.ts";
import { readPayload } from "../../core/payloads.ts";
import { formatTime, microsOf } from "../../core/time.ts";
import { isPlainData, isPlainText, isPlainType } from "./plain.ts";

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
 * Makes a checked event. It is what `publish` costs its caller, so most events are spared the full check: see
 * `plain.ts`.
 *
 * @param source a valid one: the options were checked
 * @throws {RefusedError} naming what is wrong with the envelope or with a known type's payload
 */
export function makeEvent(source: string, type: string, data: unknown, options: PublishOptions = {}): Event {
  const { correlationId = newEventId(), parents, subject, partitionKey, id = newEventId(), time } = options;
  const event: Event = {
    specversion: "1.0",
    id,
    source,
    type,
    time: time ?? now(),
    correlation_id: correlationId,
    datacontenttype: "application/json",
    data,
  };
  if (subject !== undefined) event.subject = subject;
  if (parents?.length) event.parentids = parents.join(",");
  if (partitionKey !== undefined) event.partitionkey = partitionKey;
  const checked = isPlain(event, options) ? event : acceptEvent(event, { now: Date.now() });
  readPayload(checked);
  return checked;
}

/** The time is right unless it was given. */
function isPlain(event: Event, { time }: PublishOptions): boolean {
  const { id, type, correlation_id, subject = "-", parentids = "-", partitionkey = "-", data } = event;
  return (
    time === undefined &&
    isPlainType(type) &&
    isPlainText(id) &&
    isPlainText(correlation_id) &&
    isPlainText(subject) &&
    isPlainText(parentids) &&
    isPlainText(partitionkey) &&
    isPlainData(data)
  );
}

let lastNow = { ms: 0, text: "" };

/** For all events of a millisecond written once. */
function now(): string {
  const ms = Date.now();
  if (lastNow.ms !== ms) lastNow = { ms, text: formatTime(microsOf(ms)) };
  return lastNow.text;
}
