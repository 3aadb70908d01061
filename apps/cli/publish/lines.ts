import { makeEvent, type PublishOptions } from "../../../layers/broker/publisher/event.ts";
import type { Event } from "../../../layers/core/envelope.ts";
import { asError } from "../../../layers/core/errors.ts";

export type Line = { number: number; event: Event } | { number: number; fault: string };

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
    try {
      yield { number, event: eventOf(line, options) };
    } catch (error) {
      yield { number, fault: asError(error).message };
    }
  }
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
