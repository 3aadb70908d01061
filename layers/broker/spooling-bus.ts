import { type Clock, systemClock } from "../core/clock.ts";
import { UnavailableError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { Bus } from "./bus.ts";
import type { Outgoing } from "./message.ts";
import { encodeOutgoing } from "./spool-record.ts";

/** Where messages are while their promise stands: on the broker, or in the spool until the broker is back. */
export type Kept = "confirmed" | "spooled";

/** A bus for those who must acknowledge at once: with a spool behind it for when the broker is away. */
export interface SpoolingBus {
  /**
   * Resolves once all messages are safe. What is spooled is all of them, also those of which a confirm came or is
   * still on its way: consumers see them twice then, and pass over the repeat by its identity and version.
   *
   * @throws {UnavailableError} `unroutable`: nothing is spooled, since the messages would fare no better later; or
   * the spool's error, where both are away
   */
  publish(messages: readonly Outgoing[]): Promise<Kept>;
}

export interface SpoolingBusOptions {
  /** Its deadline is how long a request waits before it is spooled: `INGEST_DEADLINE_MS`. */
  bus: Bus;
  /** Resolves once the records are durable. */
  spool: { put(records: readonly Buffer[]): Promise<void> };
  /**
   * How long after a failure nobody waits for the broker. Then one request tries it again, and until it knows the
   * others go on without.
   * @default 5000
   */
  awayMs?: number;
  /** Told when the broker goes, each time it is still away, and when it is back. @default nobody */
  logger?: Pick<Logger, "warn" | "info">;
  /** @default the system's */
  clock?: Clock;
}

/** Enough for a busy broker, short for somebody who waits; well under API Gateway's 29 s with the spool after it. */
export const INGEST_DEADLINE_MS = 5_000;

export function createSpoolingBus(options: SpoolingBusOptions): SpoolingBus {
  const { bus, spool, awayMs = 5_000, logger, clock = systemClock } = options;
  /** Undefined while all is well. */
  let askAgainAt: number | undefined;

  async function confirmed(messages: readonly Outgoing[]): Promise<boolean> {
    const now = clock.now();
    if (askAgainAt !== undefined) {
      if (now < askAgainAt) return false;
      // This request tries the broker; the others do not until it knows, or has had the time to.
      askAgainAt = now + awayMs;
    }
    try {
      await bus.publish(messages);
      isBack();
      return true;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      if (error.code === "unroutable") {
        isBack(); // It was there to say so.
        throw error;
      }
      logger?.warn("the broker is away: what comes in is spooled", { error });
      askAgainAt = clock.now() + awayMs;
      return false;
    }
  }

  function isBack(): void {
    if (askAgainAt !== undefined) logger?.info("the broker is back: nothing more is spooled");
    askAgainAt = undefined;
  }

  return {
    async publish(messages) {
      if (await confirmed(messages)) return "confirmed";
      await spool.put(messages.map(encodeOutgoing));
      return "spooled";
    },
  };
}
