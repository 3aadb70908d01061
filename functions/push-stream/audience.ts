import type { Clock } from "../../layers/core/clock.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import type { Logger } from "../../layers/core/logger.ts";
import { createSwitchboard, type StreamFilter, type Switchboard } from "../../layers/core/stream/filter.ts";
import { Outbound } from "../../layers/core/stream/outbound.ts";
import { MICROS_PER_MS } from "../../layers/core/time.ts";
import type { Connections, LiveConnection } from "../../layers/storage/registry/port/subscriptions.ts";

/** A connection, and what waits for it. */
export interface Listener {
  connectionId: string;
  subscriptionId: string;
  filter: StreamFilter;
  /** Milliseconds since the Unix epoch. */
  openedAt: number;
  outbound: Outbound;
  /** A frame is on its way to it: the next one waits. */
  sending: boolean;
}

export interface Audience extends Switchboard<Listener> {
  readonly size: number;
  /** Makes it what the registry has; as long as that is away, it stays as it was. */
  refresh(): Promise<void>;
  leave(listener: Listener): void;
  has(listener: Listener): boolean;
}

/** A changed filter opens and closes nothing: it holds within this time. */
const RELOAD_MS = 5_000;

export function createAudience(connections: Connections, clock: Clock, logger: Logger): Audience {
  let listeners = new Map<string, Listener>();
  let switchboard = createSwitchboard<Listener>([]);
  let mark = "";
  let reloadAt = 0;

  function take(live: readonly LiveConnection[]): void {
    listeners = new Map(
      live.map((one) => [one.connectionId, listenerOf(one, listeners.get(one.connectionId))]),
    );
    switchboard = createSwitchboard(listeners.values());
  }

  return {
    get size() {
      return listeners.size;
    },
    async refresh() {
      try {
        const current = await connections.mark();
        if (current === mark && clock.now() < reloadAt) return;
        // What opens from here on has another mark, and is read with the next batch.
        take(await connections.live());
        mark = current;
        reloadAt = clock.now() + RELOAD_MS;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        logger.warn("the stream goes on to those whom it knows", { listeners: listeners.size, error });
      }
    },
    listenersOf: (point) => switchboard.listenersOf(point),
    leave(listener) {
      listeners.delete(listener.connectionId);
      switchboard = createSwitchboard(listeners.values());
    },
    has: (listener) => listeners.get(listener.connectionId) === listener,
  };
}

function listenerOf(live: LiveConnection, known: Listener | undefined): Listener {
  const { deviceIds, metricNames, tags, maxFrequencyMs } = live;
  const filter = { deviceIds, metricNames, tags };
  if (known) return Object.assign(known, { filter });
  return {
    connectionId: live.connectionId,
    subscriptionId: live.subscriptionId,
    filter,
    openedAt: live.openedAt / MICROS_PER_MS,
    outbound: new Outbound({ maxFrequencyMs }),
    sending: false,
  };
}
