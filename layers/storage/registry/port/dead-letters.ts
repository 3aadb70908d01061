import type { Micros } from "../../../core/time.ts";

/**
 * A dead letter's life:
 *
 * It is `dead` when it is recorded. An operator replays it: its message goes back to the queue it failed in, and it
 * is `replayed`; that is its end if the message is handled. If that fails again, the message comes back among the
 * dead letters, is recorded again, and the dead letter is `dead` again, with the new attempts behind the old ones.
 * Or an operator sets it aside with a note: it is `discarded`. Recorded again, whatever it was, it is `dead`; only
 * the redelivery of what was recorded before, told by its attempts, changes nothing.
 *
 * Only what is `dead` is replayed or discarded, and nothing is ever deleted.
 */
export const deadLetterStates = ["dead", "replayed", "discarded"] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

export interface FailedAttempt {
  /** RFC 3339. */
  at: string;
  /** The error's name. */
  error: string;
  message: string;
}

/** The message that failed, as much of it as a consumer was given. */
export interface FailedMessage {
  messageId?: string;
  correlationId?: string;
  type?: string;
  contentType?: string;
  /** The publisher's own. */
  headers: Readonly<Record<string, string | number>>;
}

/** What is recorded of a message that failed for good. */
export interface DeadLetterRecord {
  /** Stands for queue, identity and body: what fails again in the same queue has the same. */
  id: string;
  /** The one it failed in, by its name in the topology. */
  queue: string;
  /** See `identityOf`; of what is no event, a hash. */
  identity: string;
  /** Exactly as it was published. */
  body: Buffer;
  message: FailedMessage;
  /** What can be read of the event: all of it, if it is one. */
  event: { type?: string; source?: string; id?: string; correlationId?: string };
  /** Since it was published or replayed, oldest first. */
  attempts: readonly FailedAttempt[];
  error: { type: string; code: string; message: string; stack: string };
  diedAt: Micros;
}

export interface DeadLetter extends Omit<DeadLetterRecord, "body" | "diedAt"> {
  state: DeadLetterState;
  bodyBytes: number;
  /** Of all its deaths, oldest first. */
  attempts: readonly FailedAttempt[];
  firstDiedAt: Micros;
  lastDiedAt: Micros;
  /** How often it was replayed. */
  replays: number;
  replayedAt?: Micros;
  discardedAt?: Micros;
  note?: string;
}

/** What a replay publishes. */
export interface ReplayedLetter extends Pick<DeadLetterRecord, "id" | "queue" | "body" | "message"> {
  /**
   * When its replay began. One that was cut off, between the broker's confirm and its being marked, keeps it when
   * it is repeated, so that consumers know the two for one.
   */
  replayedAt: Micros;
}

export interface DeadLetterFilter {
  queue?: string;
  type?: string;
  source?: string;
  errorType?: string;
  errorCode?: string;
  correlationId?: string;
  /** Of the last death; inclusive. */
  from?: Micros;
  /** Of the last death; exclusive. */
  to?: Micros;
}

/** Which of the dead are meant: by id, or by what they have in common. */
export interface DeadLetterSelection {
  ids?: readonly string[];
  filter?: DeadLetterFilter;
  /**
   * When the run of replays began: what died or was replayed since is left out, so that a run that goes on in many
   * calls takes each dead letter once and ends, even if all of them fail again.
   */
  asOf: Micros;
}

/** How many dead letters of a type wait to go back to a queue. */
export interface DeadLetterGroup {
  queue: string;
  type?: string;
  count: number;
}

export interface ReplayOptions {
  /** Only what failed in one of these. */
  queues: readonly string[];
  /** How many at most in this one step. */
  limit: number;
  /** How many bytes of bodies at most, give or take one. */
  maxBytes: number;
  now: Micros;
}

export interface DeadLetters {
  /**
   * Records dead letters, all or none, each once: see `deadLetterStates`.
   *
   * @throws {PermanentError} one of them holds what the store refuses, such as a NUL in a text
   */
  record(letters: readonly DeadLetterRecord[]): Promise<void>;

  /** The last death first. */
  list(
    filter: DeadLetterFilter & { state?: DeadLetterState },
    page: { limit: number; offset: number },
  ): Promise<{ deadLetters: DeadLetter[]; count: number }>;

  find(id: string): Promise<DeadLetter | undefined>;

  /** The body, exactly. */
  body(id: string): Promise<Buffer | undefined>;

  /** How many are in each state. */
  counts(): Promise<Record<DeadLetterState, number>>;

  /** What a replay of this selection would take, by queue and type. */
  plan(selection: DeadLetterSelection): Promise<DeadLetterGroup[]>;

  /**
   * Hands the oldest of a selection to `publish`, in the order in which they first died, and marks them once it
   * resolves: one step of a replay. If it rejects, they stay dead. What another one is replaying is passed over.
   *
   * @returns how many were replayed, or `undefined` if none was left to choose
   */
  replay(
    selection: DeadLetterSelection,
    options: ReplayOptions,
    publish: (letters: readonly ReplayedLetter[]) => Promise<void>,
  ): Promise<number | undefined>;

  /** @returns whether it was dead: nothing else is discarded */
  discard(id: string, discarding: { note: string; now: Micros }): Promise<boolean>;
}
