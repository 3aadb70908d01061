import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Event } from "../../../core/envelope.ts";
import {
  alignDown,
  formatTime,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  type Micros,
  microsOf,
} from "../../../core/time.ts";
import type { ArchivedEvent, EventSearch, LogEntry, LogSearch, Rejection } from "../port.ts";
import type { OpenedLogs } from "./opened-logs.ts";

export const SECOND = MICROS_PER_SECOND;
export const HOUR = 3_600 * SECOND;
export const DAY = MICROS_PER_DAY;

export const now = (): Micros => microsOf(Date.now());

/** A midnight some days ago: far from what expires, and nothing near it is ahead of any clock. */
export const MIDNIGHT: Micros = alignDown(now(), DAY) - 10 * DAY;

export type Context = () => OpenedLogs;

/** A name that no other test uses, since all share one store; as a word it is one. */
export function newName(kind: string): string {
  names++;
  return `${kind}${RUN}x${names}`;
}

const RUN = randomUUID().slice(0, 8);
let names = 0;

export const entryOf = (given: Partial<LogEntry>): LogEntry => ({
  id: randomUUID(),
  time: MIDNIGHT,
  acceptedAt: MIDNIGHT + SECOND,
  service: "checkout",
  level: "info",
  message: "something happened",
  attributes: {},
  ...given,
});

export const eventOf = ({ at = MIDNIGHT, ...given }: Partial<Event> & { at?: Micros }): ArchivedEvent => ({
  event: {
    specversion: "1.0",
    id: randomUUID(),
    source: "/shop",
    type: "order.created",
    time: formatTime(at),
    correlation_id: "c-1",
    datacontenttype: "application/json",
    data: { amount: 1 },
    ...given,
  },
  archivedAt: MIDNIGHT + SECOND,
});

/** The whole day after `MIDNIGHT`, and a limit that little here reaches. */
export const WHOLE_DAY = { from: MIDNIGHT, to: MIDNIGHT + DAY, limit: 1_000, offset: 0 };

/** Writes, waits until it can be found, and expects nothing to be rejected. */
export async function stored(context: Context, entries: readonly LogEntry[]): Promise<void> {
  expect(await written(context, entries)).toEqual([]);
}

export async function archived(context: Context, events: readonly ArchivedEvent[]): Promise<void> {
  const { store, caughtUp } = context();
  expect(await store.events.write(events)).toEqual([]);
  await caughtUp();
}

export async function written(context: Context, entries: readonly LogEntry[]): Promise<readonly Rejection[]> {
  const { store, caughtUp } = context();
  const rejections = await store.entries.write(entries);
  await caughtUp();
  return rejections;
}

export async function found(context: Context, search: Partial<LogSearch>): Promise<LogEntry[]> {
  const { entries, count } = await context().store.entries.search({ ...WHOLE_DAY, ...search });
  if (entries.length < WHOLE_DAY.limit && !search.limit && !search.offset) expect(count).toBe(entries.length);
  return entries;
}

export async function foundEvents(context: Context, search: Partial<EventSearch>): Promise<ArchivedEvent[]> {
  return (await context().store.events.search({ ...WHOLE_DAY, ...search })).events;
}

export const idsOf = (entries: readonly LogEntry[]): string[] => entries.map(({ id }) => id);

export const eventIdsOf = (events: readonly ArchivedEvent[]): string[] => events.map(({ event }) => event.id);
