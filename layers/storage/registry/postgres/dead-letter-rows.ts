import type {
  DeadLetter,
  DeadLetterRecord,
  DeadLetterState,
  FailedAttempt,
  FailedMessage,
  ReplayedLetter,
} from "../port.ts";

/** Of a `LetterRow`. */
export const COLUMNS = `
  id, queue, identity, body_bytes, message, type, source, event_id, correlation_id, attempts,
  error_type, error_code, error_message, error_stack, first_died_at, last_died_at,
  state, replays, replayed_at, discarded_at, note`;

/** What a letter is recorded with, in the order of the statement's parameters. */
export const valuesOf = ({
  id,
  queue,
  identity,
  body,
  message,
  event,
  attempts,
  error,
  diedAt,
}: DeadLetterRecord) => [
  ...[id, queue, identity, body, JSON.stringify(message)],
  ...[event.type, event.source, event.id, event.correlationId],
  ...[JSON.stringify(attempts), error.type, error.code, error.message, error.stack, diedAt],
];

export interface LetterRow {
  id: string;
  queue: string;
  identity: string;
  body_bytes: number;
  message: FailedMessage;
  type: string | null;
  source: string | null;
  event_id: string | null;
  correlation_id: string | null;
  attempts: FailedAttempt[];
  error_type: string;
  error_code: string;
  error_message: string;
  error_stack: string;
  first_died_at: string;
  last_died_at: string;
  state: DeadLetterState;
  replays: number;
  replayed_at: string | null;
  discarded_at: string | null;
  note: string | null;
}

export const letterOf = (row: LetterRow): DeadLetter => ({
  id: row.id,
  queue: row.queue,
  identity: row.identity,
  bodyBytes: row.body_bytes,
  message: row.message,
  event: {
    type: row.type ?? undefined,
    source: row.source ?? undefined,
    id: row.event_id ?? undefined,
    correlationId: row.correlation_id ?? undefined,
  },
  attempts: row.attempts,
  error: { type: row.error_type, code: row.error_code, message: row.error_message, stack: row.error_stack },
  firstDiedAt: Number(row.first_died_at),
  lastDiedAt: Number(row.last_died_at),
  state: row.state,
  replays: row.replays,
  replayedAt: timeOf(row.replayed_at),
  discardedAt: timeOf(row.discarded_at),
  note: row.note ?? undefined,
});

const timeOf = (text: string | null): number | undefined => (text === null ? undefined : Number(text));

export interface TakenRow {
  id: string;
  queue: string;
  body: Buffer;
  message: FailedMessage;
  replay_began_at: string;
}

export const replayedOf = ({ replay_began_at, ...letter }: TakenRow): ReplayedLetter => ({
  ...letter,
  replayedAt: Number(replay_began_at),
});
