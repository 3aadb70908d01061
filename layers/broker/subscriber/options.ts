import * as z from "zod";
import { type Event, faultsOf } from "../../core/envelope.ts";
import { RefusedError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { faultInPattern } from "../../topology/patterns.ts";
import type { EventContext } from "./delivery.ts";
import { faultInQueueName } from "./queue-name.ts";

/**
 * Handles one event. When it returns, the event is done. When it throws, the error's class decides:
 * `PermanentError`: to the dead letters at once. `UnavailableError`: something that the handler needs is away; the
 * event is held and handed over again, however long that takes. Any other: again after 1 s, 5 s and 30 s, then to
 * the dead letters.
 *
 * An event may come more than once, so handling it twice must do no harm: `source` and `id` tell it apart.
 */
export type EventHandler = (event: Event, context: EventContext) => Promise<void> | void;

export interface SubscriberOptions {
  /** `amqp://` or `amqps://` URL of the broker; `?cacertfile=` names a PEM file of authorities to trust. */
  url: string;
  /**
   * The subscription's own durable queue, declared if it is not there. Processes that name the same one share its
   * events; each queue gets every event.
   */
  queue: string;
  /** Types to get: `order.placed`, `order.*` (one word), `order.#` (any number of words). */
  patterns: readonly string[];
  handler: EventHandler;
  /**
   * Patterns of former days that the queue shall no longer be bound to: the broker keeps what nobody takes back.
   * @default none
   */
  unbind?: readonly string[];
  /**
   * One event at a time in the queue's order, in all processes that share the queue together. An event that fails is
   * tried again in its place, and holds up those behind it for up to 36 s. Part of the queue: see `maxQueueLength`.
   * @default false
   */
  ordered?: boolean;
  /**
   * How many events this process handles at the same time.
   * @default 1
   */
  concurrency?: number;
  /**
   * How many events the broker hands out before one is acknowledged. At least `concurrency`.
   * @default 100, or 1 where `ordered`
   */
  prefetch?: number;
  /**
   * How many events may wait; beyond it the oldest are dropped, so that an abandoned queue harms nobody. The broker
   * refuses to change it, `maxQueueBytes`, `messageTtlMs`, `expiresMs` and `ordered` of a queue that is there.
   * @default 100000
   */
  maxQueueLength?: number;
  /**
   * The same in bytes of message bodies.
   * @default 1073741824
   */
  maxQueueBytes?: number;
  /**
   * Events that have waited for longer are dropped.
   * @default never
   */
  messageTtlMs?: number;
  /**
   * The queue is deleted with all that is in it once nobody has consumed from it for so long.
   * @default never
   */
  expiresMs?: number;
  /**
   * How many of the events handled last are remembered, to pass over a repeat that a lost acknowledgement causes.
   * In memory, of this process.
   * @default 1000
   */
  remember?: number;
  /**
   * How long `close` waits for the handlers under way.
   * @default 30000
   */
  drainTimeoutMs?: number;
  /**
   * Name of the connection on the broker's management page.
   * @default the queue
   */
  name?: string;
  /**
   * The broker gives a connection up that was silent for twice as long: raise it for handlers that block the process.
   * @default 15
   */
  heartbeatSeconds?: number;
  /**
   * First pause after a lost connection; doubled, with full jitter, up to `maxReconnectMs`.
   * @default 100
   */
  reconnectMs?: number;
  /** @default 10000 */
  maxReconnectMs?: number;
  /**
   * Told of lost connections, retries and dead letters.
   * @default nobody
   */
  logger?: Logger;
}

type Optional = "messageTtlMs" | "expiresMs";
export type ResolvedOptions = Required<Omit<SubscriberOptions, Optional>> & Pick<SubscriberOptions, Optional>;

const nothing = () => undefined;

const defaults = {
  unbind: [],
  ordered: false,
  concurrency: 1,
  maxQueueLength: 100_000,
  maxQueueBytes: 1_024 ** 3,
  remember: 1_000,
  drainTimeoutMs: 30_000,
  heartbeatSeconds: 15,
  reconnectMs: 100,
  maxReconnectMs: 10_000,
  logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
} as const satisfies Partial<SubscriberOptions>;

/** RabbitMQ holds a prefetch in 16 bits, and times in 32. */
const MAX_PREFETCH = 65_535;
const count = z.number().int().positive();
const duration = count.max(2 ** 32 - 1);
const text = (faultIn: (value: string) => string | undefined) =>
  z.string().superRefine((value, { addIssue }) => {
    const message = faultIn(value);
    if (message) addIssue({ code: "custom", message });
  });
const pattern = text(faultInPattern);

const schema = z
  .strictObject({
    url: z.string().regex(/^amqps?:\/\//, "expected an amqp:// or amqps:// URL"),
    queue: text(faultInQueueName),
    patterns: z.array(pattern).min(1, "expected at least one pattern"),
    handler: z.custom<EventHandler>((value) => typeof value === "function", "expected a function"),
    unbind: z.array(pattern),
    ordered: z.boolean(),
    concurrency: count,
    prefetch: count.max(MAX_PREFETCH),
    maxQueueLength: count,
    maxQueueBytes: count,
    messageTtlMs: duration.optional(),
    expiresMs: duration.optional(),
    remember: z.number().int().nonnegative(),
    drainTimeoutMs: duration,
    name: z.string().min(1),
    heartbeatSeconds: count.max(MAX_PREFETCH),
    reconnectMs: duration,
    maxReconnectMs: duration,
    logger: z.custom<Logger>((value) => typeof value === "object" && value !== null, "expected a logger"),
  })
  .refine(({ prefetch, concurrency }) => prefetch >= concurrency, {
    path: ["prefetch"],
    message: "less than concurrency",
  })
  .refine(({ ordered, prefetch }) => !ordered || prefetch === 1, {
    path: ["prefetch"],
    message: "more than 1, which is all that keeps the order",
  });

/** @throws {RefusedError} naming each option that is unknown or out of range */
export function resolveOptions(options: SubscriberOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const prefetch = options.ordered ? 1 : Math.max(100, options.concurrency ?? 1);
  const parsed = schema.safeParse({ ...defaults, prefetch, name: options.queue, ...given });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(
    400,
    `createSubscriber: ${faults.map((f) => `${f.path}: ${f.message}`).join("; ")}`,
    faults,
  );
}
