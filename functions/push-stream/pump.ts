import { asError } from "../../layers/core/errors.ts";
import { dataFrame, type StreamedPoint } from "../../layers/core/stream/frame.ts";
import { microsOf } from "../../layers/core/time.ts";
import type { Dependencies } from "../dependencies.ts";
import type { Audience, Listener } from "./audience.ts";

export type PumpDependencies = Pick<Dependencies, "clock" | "logger" | "registry" | "sockets" | "wake"> & {
  audience: Audience;
};

/** Moves what waits to the connections it waits for. */
export interface Pump {
  offer(listener: Listener, point: StreamedPoint): void;
  /** Sends what is due, and has itself called again for the rest. */
  flush(): Promise<void>;
}

/** A connection that the registry has is unknown to the gateway until it is let in. */
const LETTING_IN_MS = 10_000;

export function createPump({ audience, clock, logger, registry, sockets, wake }: PumpDependencies): Pump {
  const waiting = new Set<Listener>();

  async function flush(): Promise<void> {
    const now = clock.now();
    await Promise.all([...waiting].filter(isDue(now)).map((listener) => send(listener, now)));
    for (const listener of waiting) {
      if (listener.outbound.dueIn(now) === undefined || !audience.has(listener)) waiting.delete(listener);
    }
    await arrange(flush);
  }

  async function send(listener: Listener, now: number): Promise<void> {
    const { connectionId, subscriptionId, outbound } = listener;
    const draft = outbound.draft(now);
    if (!draft || !audience.has(listener)) return;
    listener.sending = true;
    try {
      const outcome = await sockets.send(
        connectionId,
        dataFrame(subscriptionId, draft.points, draft.dropped),
      );
      if (outcome === "sent") outbound.sent(draft, now);
      else outbound.postpone(now);
      if (outcome === "gone" && now - listener.openedAt > LETTING_IN_MS) await forget(listener);
    } finally {
      listener.sending = false;
    }
  }

  async function forget(listener: Listener): Promise<void> {
    audience.leave(listener);
    await unlessItFails("a connection is gone, and the registry does not know", () =>
      registry.connections.close(listener.connectionId, microsOf(clock.now())),
    );
  }

  async function arrange(again: () => Promise<void>): Promise<void> {
    const now = clock.now();
    const pauses = [...waiting].flatMap(({ outbound }) => outbound.dueIn(now) ?? []);
    if (pauses.length === 0) return;
    const soonest = pauses.reduce((least, pause) => Math.min(least, pause));
    await unlessItFails("what waits will wait for the next measurements", () => wake.after(soonest, again));
  }

  /** The stream may forget: nothing of it is worth a batch that comes again. */
  async function unlessItFails(consequence: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      logger.warn(consequence, { error: asError(error) });
    }
  }

  return {
    offer(listener, point) {
      listener.outbound.offer(point);
      waiting.add(listener);
    },
    flush,
  };
}

const isDue =
  (now: number) =>
  ({ sending, outbound }: Listener): boolean =>
    !sending && outbound.dueIn(now) === 0;
