import { makeEvent, type PublishOptions } from "../../../layers/broker/publisher/event.ts";
import type { Event } from "../../../layers/core/envelope.ts";
import { asError } from "../../../layers/core/errors.ts";

export type Line = { number: number; bytes: number } & ({ event: Event } | { fault: string });

const MAX_LINES = 500;
/** Stays below what API Gateway takes, with what the envelopes add. */
const MAX_BYTES = 3 * 1_024 * 1_024;

export interface LineOptions {
  source: string;
  type: string;
  /** The field of the data that is the event's id. */
  idField?: string;
  envelope: PublishOptions;
}

/** An event per line that holds one; blank lines are passed over. */
export async function* readEvents(lines: AsyncIterable<string>, options: LineOptions): AsyncGenerator<Line> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const bytes = Buffer.byteLength(line);
    try {
      yield { number, bytes, event: eventOf(line, options) };
    } catch (error) {
      yield { number, bytes, fault: asError(error).message };
    }
  }
}

/** Cuts lines into what goes out in one request, by number and by size. */
export async function* inBatches(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for await (const line of lines) {
    if (batch.length >= MAX_LINES || (batch.length > 0 && bytes + line.bytes > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += line.bytes;
  }
  if (batch.length > 0) yield batch;
}

function eventOf(line: string, { source, type, idField, envelope }: LineOptions): Event {
  const data: unknown = JSON.parse(line);
  const id = idField === undefined ? undefined : idIn(data, idField);
  return makeEvent(source, type, data, { ...envelope, id });
}

function idIn(data: unknown, field: string): string {
  const value =
    typeof data === "object" && data !== null ? (data as Record<string, unknown>)[field] : undefined;
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error(`expected text or a number in the field "${field}", for the event's id`);
}
