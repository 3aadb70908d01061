import * as z from "zod";
import { EVENT_LIMITS, faultsOf } from "../../core/envelope.ts";
import { RefusedError } from "../../core/errors.ts";

export interface PublisherOptions {
  /** `amqp://` or `amqps://` URL of the broker; `?cacertfile=` names a PEM file of authorities to trust. */
  url: string;
  /** CloudEvents `source` of every event: a URI reference that names the application, `/ims/api/models`. */
  source: string;
  /**
   * Name of the connection on the broker's management page.
   * @default the source
   */
  name?: string;
  /**
   * How many events may wait in memory for the broker, sent but unconfirmed ones included, or for the disk.
   * @default 10000
   */
  maxBufferedEvents?: number;
  /**
   * The same in bytes of message bodies.
   * @default 67108864
   */
  maxBufferedBytes?: number;
  /**
   * What gives way when the buffer is full, and the disk if there is one: the oldest event that waits (of a disk,
   * its oldest part at once), the new one silently, or the new one with an error. Each is counted in
   * `stats().dropped`.
   * @default "drop-oldest"
   */
  whenFull?: "drop-oldest" | "drop-newest" | "reject";
  /**
   * How many events may be sent and not yet confirmed.
   * @default 2000
   */
  maxUnconfirmed?: number;
  /**
   * Larger events are refused.
   * @default 262144
   */
  maxEventBytes?: number;
  /**
   * How long `publish` with `critical` waits for the confirm before it rejects. The event stays in the buffer.
   * @default 30000
   */
  criticalTimeoutMs?: number;
  /**
   * How long `close` waits for what is buffered to be confirmed. What is left then stays on the disk, if there is
   * one.
   * @default 10000
   */
  drainTimeoutMs?: number;
  /**
   * First pause after a lost connection; doubled, with full jitter, up to `maxReconnectMs`.
   * @default 100
   */
  reconnectMs?: number;
  /** @default 10000 */
  maxReconnectMs?: number;
  /**
   * Keeps on disk what the broker has not confirmed and memory has no room for, across restarts of the process.
   * @default none: memory only
   */
  disk?: PublisherDiskOptions;
}

export interface PublisherDiskOptions {
  /** Made where it does not exist. It belongs to one publisher at a time. */
  directory: string;
  /** How much it may take there. */
  maxBytes: number;
  /**
   * When events go to the disk: once half of the memory buffer is taken (and from then on all of them, until the
   * disk is empty again), or every one before it is sent.
   * @default "overflow"
   */
  mode?: "overflow" | "always";
}

export type ResolvedOptions = Required<Omit<PublisherOptions, "disk">> & {
  disk?: Required<PublisherDiskOptions>;
};

const defaults = {
  maxBufferedEvents: 10_000,
  maxBufferedBytes: 64 * 1_024 * 1_024,
  whenFull: "drop-oldest",
  maxUnconfirmed: 2_000,
  maxEventBytes: EVENT_LIMITS.maxBytes,
  criticalTimeoutMs: 30_000,
  drainTimeoutMs: 10_000,
  reconnectMs: 100,
  maxReconnectMs: 10_000,
} as const;

const count = z.number().int().positive();

const schema = z.strictObject({
  url: z.string().regex(/^amqps?:\/\//, "expected an amqp:// or amqps:// URL"),
  source: z.string().min(1).regex(/^\S+$/, "expected a URI reference without spaces"),
  name: z.string().min(1),
  maxBufferedEvents: count,
  maxBufferedBytes: count,
  whenFull: z.enum(["drop-oldest", "drop-newest", "reject"]),
  maxUnconfirmed: count,
  maxEventBytes: count.max(1_024 * 1_024, "RabbitMQ wants messages below 1 MB"),
  criticalTimeoutMs: count,
  drainTimeoutMs: count,
  reconnectMs: count,
  maxReconnectMs: count,
  disk: z
    .strictObject({
      directory: z.string().min(1),
      maxBytes: count.min(65_536, "expected 65536 or more"),
      mode: z.enum(["overflow", "always"]).default("overflow"),
    })
    .optional(),
});

/** @throws {RefusedError} naming each option that is unknown or out of range */
export function resolveOptions(options: PublisherOptions): ResolvedOptions {
  const parsed = schema.safeParse({ ...defaults, name: options.source, ...options });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(
    400,
    `createPublisher: ${faults.map((f) => `${f.path}: ${f.message}`).join("; ")}`,
    faults,
  );
}
