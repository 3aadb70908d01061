import { formatTime, parseTime } from "../../layers/core/time.ts";
import type { DeadLetter, DeadLetterFilter } from "../../layers/storage/registry/port.ts";
import type { DeadLetterDetail, DeadLetterSummary, FilterFields } from "./schema.ts";

export const filterOf = (fields: FilterFields): DeadLetterFilter => ({
  queue: fields.queue,
  type: fields.type,
  source: fields.source,
  errorType: fields.error_type,
  errorCode: fields.error_code,
  correlationId: fields.correlation_id,
  from: fields.start_time === undefined ? undefined : parseTime(fields.start_time),
  to: fields.end_time === undefined ? undefined : parseTime(fields.end_time),
});

export const describe = (letter: DeadLetter): DeadLetterSummary => ({
  id: letter.id,
  state: letter.state,
  queue: letter.queue,
  type: letter.event.type ?? null,
  source: letter.event.source ?? null,
  event_id: letter.event.id ?? null,
  correlation_id: letter.event.correlationId ?? null,
  error: { type: letter.error.type, code: letter.error.code, message: letter.error.message },
  attempt_count: letter.attempts.length,
  first_died_at: formatTime(letter.firstDiedAt),
  last_died_at: formatTime(letter.lastDiedAt),
  replays: letter.replays,
  replayed_at: timeText(letter.replayedAt),
  discarded_at: timeText(letter.discardedAt),
  note: letter.note ?? null,
});

/** @param body none where it is too large to be shown */
export const describeWhole = (letter: DeadLetter, body: Buffer | undefined): DeadLetterDetail => ({
  ...describe(letter),
  error: { ...letter.error },
  attempts: letter.attempts.map(({ at, error, message }) => ({ at, error, message })),
  message_id: letter.message.messageId ?? null,
  event: body ? eventIn(body) : null,
  body_base64: body?.toString("base64") ?? null,
  body_bytes: letter.bodyBytes,
});

const timeText = (time: number | undefined): string | null => (time === undefined ? null : formatTime(time));

/** As it was sent, also if it is not valid: what is wrong with it is what one looks for. */
function eventIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
