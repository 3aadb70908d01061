import { acceptEvent, type Door, type Event } from "../../layers/core/envelope.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { parseJson } from "../../layers/core/json.ts";
import { MAX_EVENTS } from "./schema.ts";

// CloudEvents' HTTP protocol binding 1.0.2: the mode is told by the content type and the `ce-` headers.

export interface IncomingEvents {
  raw: Buffer;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  door: Door;
}

/** @throws {RefusedError} 400 naming the attribute, with its place in a batch; 415 */
export function readEvents({ raw, headers, door }: IncomingEvents): Event[] {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/cloudevents-batch+json") return readBatch(parseJson(raw), door);
  if (type.startsWith("application/cloudevents")) return readStructured(type, raw, door);
  if (headers["ce-specversion"] !== undefined) return [acceptEvent(fromHeaders(headers, type, raw), door)];
  // A plain JSON body is most likely an event whose sender forgot the content type.
  const parsed = parseJson(raw);
  return Array.isArray(parsed) ? readBatch(parsed, door) : [acceptEvent(parsed, door)];
}

function readStructured(type: string, raw: Buffer, door: Door): Event[] {
  if (type !== "application/cloudevents+json") {
    throw new RefusedError(415, `of CloudEvents' formats only JSON is supported, got ${type}`);
  }
  return [acceptEvent(parseJson(raw), door)];
}

function readBatch(batch: unknown, door: Door): Event[] {
  if (!Array.isArray(batch) || batch.length === 0) {
    throw new RefusedError(400, "expected a JSON array with at least one event");
  }
  if (batch.length > MAX_EVENTS) {
    throw new RefusedError(400, `expected at most ${MAX_EVENTS} events, got ${batch.length}`);
  }
  return batch.map((input, index) => at(index, () => acceptEvent(input, door)));
}

/** Re-roots the faults of one event: `[3].source`. */
export function at<Result>(index: number, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const faults = error.faults.map(({ path, message }) => ({
      path: path ? `[${index}].${path}` : `[${index}]`,
      message,
    }));
    throw new RefusedError(error.status, `[${index}]: ${error.message}`, faults);
  }
}

function fromHeaders(
  headers: Readonly<Record<string, string>>,
  type: string,
  raw: Buffer,
): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-")) event[name.slice(3)] = percentDecoded(value);
  }
  if (type) event.datacontenttype = type;
  if (raw.length === 0) return event;
  if (type === "application/json" || type.endsWith("+json")) event.data = parseJson(raw);
  else if (type.startsWith("text/")) event.data = raw.toString("utf8");
  else event.data_base64 = raw.toString("base64");
  return event;
}

/** Section 3.1.3.2: anything beyond printable ASCII is percent-encoded in a header. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
