import { type Clock, systemClock } from "../core/clock.ts";
import { asError, UnavailableError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { Bus } from "./bus.ts";
import type { Delivery } from "./delivery.ts";
import { attemptNumber, nextStop } from "./retry.ts";

/** One message's own failure, told by a handler that got the rest of the batch done. */
export interface Failure<Item> {
  item: Item;
  error: Error;
}

export interface SettleOptions<Item> {
  /** Reads a message. What throws here will never pass: throw a `PermanentError`. */
  decode: (delivery: Delivery) => Item;
  /**
   * Handles a batch, idempotently: any part of it may come again.
   *
   * Returns the failures of single messages, if any. Throws `UnavailableError` when a store or the network is
   * gone (everything waits), and any other error when some message of the batch is at fault: which one is found
   * by halving the batch.
   */
  handle: (items: readonly Item[]) => Promise<readonly Failure<Item>[] | undefined>;
  bus: Bus;
  logger: Logger;
  /** @default the system's */
  clock?: Clock;
  /**
   * How long to go on trying while a store is gone, before the batch is given back whole.
   * @default 45000
   */
  patienceMs?: number;
  /** @default 100, doubled up to 2000 */
  firstPauseMs?: number;
}

const LONGEST_PAUSE_MS = 2_000;

/**
 * Settles every delivery of a batch: done, on a rung, or among the dead letters, all confirmed, when it returns.
 * The event source has no partial answers: when it throws, nothing is settled and all of it comes again.
 *
 * @throws {UnavailableError} a store or the broker stayed away for `patienceMs`
 */
export async function settleBatch<Item>(
  deliveries: readonly Delivery[],
  options: SettleOptions<Item>,
): Promise<void> {
  const { clock = systemClock, bus, logger } = options;
  const { items, deliveryOf, failures } = decodeAll(deliveries, options.decode);
  failures.push(
    ...(await handlePatiently(items, options)).map(({ item, error }) => ({ item: deliveryOf(item), error })),
  );
  if (failures.length === 0) return;
  const stops = failures.map(({ item, error }) => nextStop(item, error, clock));
  await bus.publish(stops);
  failures.forEach(({ item, error }, i) => {
    const details = { queue: item.queue, messageId: item.messageId, attempt: attemptNumber(item) + 1, error };
    if (stops[i]?.exchange.startsWith("retry.")) logger.warn("message will be tried again", details);
    else logger.error("message went to the dead letters", details);
  });
}

function decodeAll<Item>(deliveries: readonly Delivery[], decode: (delivery: Delivery) => Item) {
  const failures: Failure<Delivery>[] = [];
  const decoded: { item: Item }[] = [];
  const origins = new Map<Item, Delivery>();
  for (const delivery of deliveries) {
    try {
      const item = decode(delivery);
      decoded.push({ item });
      origins.set(item, delivery);
    } catch (error) {
      failures.push({ item: delivery, error: asError(error) });
    }
  }
  const deliveryOf = (item: Item): Delivery => {
    const delivery = origins.get(item);
    if (!delivery) throw new Error("a handler reported a failure of an item that it was not given");
    return delivery;
  };
  return { items: decoded.map(({ item }) => item), deliveryOf, failures };
}

async function handlePatiently<Item>(
  items: readonly Item[],
  options: SettleOptions<Item>,
): Promise<Failure<Item>[]> {
  const { clock = systemClock, patienceMs = 45_000, firstPauseMs = 100, logger } = options;
  const giveUpAt = clock.now() + patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await isolate(items, options.handle);
    } catch (error) {
      if (!(error instanceof UnavailableError) || clock.now() + pauseMs > giveUpAt) throw error;
      logger.warn("waiting for a store", { error, pauseMs });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** Handles a batch; when some message in it is at fault, finds it by halving. */
async function isolate<Item>(
  items: readonly Item[],
  handle: SettleOptions<Item>["handle"],
): Promise<Failure<Item>[]> {
  if (items.length === 0) return [];
  try {
    return [...((await handle(items)) ?? [])];
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) return [{ item: only, error: asError(error) }];
    const middle = items.length >> 1;
    return [
      ...(await isolate(items.slice(0, middle), handle)),
      ...(await isolate(items.slice(middle), handle)),
    ];
  }
}
