import * as z from "zod";
import { EVENT_LIMITS, faultsOf } from "../../core/envelope.ts";
import { RefusedError } from "../../core/errors.ts";

export interface PublisherOptions {
  /** `amqp://` or `amqps://` URL of the broker. */
  url: string;
  /** CloudEvents `source` of every event: a URI reference that names the application, `/ims/api/models`. */
  source: string;
  /**
   * Name of the connection on the broker's management page.
   * @default the source
   */
  name?: string;
  /**
   * How many events may wait for the broker, sent but unconfirmed ones included.
   * @default 10000
   */
  maxBufferedEvents?: number;
  /**
   * The same in bytes of message bodies.
   * @default 67108864
   */
  maxBufferedBytes?: number;
  /**
   * What gives way when the buffer is full: the oldest event that waits, the new one silently, or the new one
   * with an error. Each is counted in `stats().dropped`.
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
   * How long `close` waits for what is buffered to be confirmed.
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
}

export type ResolvedOptions = Required<PublisherOptions>;

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
