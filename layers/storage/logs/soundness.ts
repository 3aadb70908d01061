import { type Event, identityOf, timeOf } from "../../core/envelope.ts";
import { asError, PermanentError } from "../../core/errors.ts";
import { faultInJson } from "../../core/json.ts";
import { formatTime, MICROS_PER_DAY, type Micros } from "../../core/time.ts";
import type { ArchivedEvent, LogEntry, Rejection } from "./port.ts";

/** The limits of every backend, so that what one takes all take. */
export const ITEM_LIMITS = {
  /** Of an item written as JSON. */
  maxBytes: 1_048_576,
  maxDepth: 70,
  /** Of a text that is looked up as a whole, in UTF-8. An event's source may be longer. */
  maxKeyBytes: 1_024,
  /** Beyond it nobody's clock is wrong by mistake, and what is stored would live too long. */
  maxAhead: MICROS_PER_DAY,
} as const;

export interface SoundItem<Item> {
  item: Item;
  /** Its place in the batch. */
  index: number;
  time: Micros;
}

/** Parts the items that can be stored from those that never can. */
export function separate<Item>(
  items: readonly Item[],
  check: (item: Item) => Micros,
): { sound: SoundItem<Item>[]; rejections: Rejection[] } {
  const sound: SoundItem<Item>[] = [];
  const rejections: Rejection[] = [];
  for (const [index, item] of items.entries()) {
    try {
      sound.push({ item, index, time: check(item) });
    } catch (error) {
      rejections.push({ index, error: asError(error) });
    }
  }
  return { sound, rejections };
}

/** @returns when it was @throws {PermanentError} saying what is wrong with it */
export function checkEntry(entry: LogEntry, now: Micros): Micros {
  const { id, service, correlationId = "", time } = entry;
  check(`log entry ${id}`, entry, { id, service, correlationId }, time, now);
  return time;
}

/** @returns when it was @throws {PermanentError} saying what is wrong with it */
export function checkEvent({ event }: ArchivedEvent, now: Micros): Micros {
  const time = timeOf(event);
  check(`event ${identityOf(event)}`, event, keysOf(event), time, now);
  return time;
}

const keysOf = ({ id, type, correlation_id }: Event) => ({ id, type, correlation_id });

function check(
  name: string,
  item: object,
  keys: Readonly<Record<string, string>>,
  time: Micros,
  now: Micros,
): void {
  const fault =
    faultInJson(item, ITEM_LIMITS) ??
    Object.entries(keys)
      .filter(([, text]) => Buffer.byteLength(text) > ITEM_LIMITS.maxKeyBytes)
      .map(([key]) => `${key} is longer than ${ITEM_LIMITS.maxKeyBytes} bytes`)[0] ??
    faultInTime(time, now);
  if (fault) throw new PermanentError(`${name.slice(0, 200)}: ${fault}`, { code: "data_refused" });
}

function faultInTime(time: Micros, now: Micros): string | undefined {
  if (!Number.isSafeInteger(time)) return `expected a time in whole microseconds, got ${time}`;
  if (time <= now + ITEM_LIMITS.maxAhead) return undefined;
  return `expected a time at most a day ahead of ${formatTime(now)}, got ${time} µs`;
}
