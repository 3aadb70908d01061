import type pg from "pg";
import { type Clock, systemClock } from "../../../core/clock.ts";
import { openPool, type PoolOptions } from "../../postgres/pool.ts";
import { query } from "../../postgres/transaction.ts";
import type { Registry } from "../port.ts";
import { openAlerts } from "./alerts.ts";
import { openAudit } from "./audit.ts";
import { openChannels } from "./channels.ts";
import { openConnections } from "./connections.ts";
import { openDeadLetters } from "./dead-letters.ts";
import { openDefinitions } from "./definitions.ts";
import { openDeviceLives } from "./device-lives.ts";
import { openDevices } from "./devices.ts";
import { openInbox } from "./inbox.ts";
import { openKeys } from "./keys.ts";
import { openNotifications } from "./notifications.ts";
import { openOutbox } from "./outbox.ts";
import { openRules } from "./rules.ts";
import { openSilences } from "./silences.ts";
import { openSubscriptions } from "./subscriptions.ts";
import { openUsage } from "./usage.ts";

export type PostgresRegistryOptions = (
  | ({
      /** Opens a pool of its own, which `close` ends. */
      connectionString: string;
    } & Pick<PoolOptions, "password">)
  | {
      /** Uses this pool (see `openPool`), which stays its owner's to end. */
      pool: pg.Pool;
    }
) & {
  /** @default the system's */
  clock?: Clock;
};

/** The registry in PostgreSQL. Its schema must be up to date: see `migrateRegistry` in migrate.ts. */
export function openPostgresRegistry(options: PostgresRegistryOptions): Registry {
  const pool =
    "pool" in options ? options.pool : openPool(options.connectionString, { password: options.password });
  return {
    keys: openKeys(pool),
    devices: openDevices(pool),
    deviceLives: openDeviceLives(pool),
    usage: openUsage(pool),
    inbox: openInbox(pool, options.clock ?? systemClock),
    outbox: openOutbox(pool),
    deadLetters: openDeadLetters(pool),
    audit: openAudit(pool),
    channels: openChannels(pool),
    notifications: openNotifications(pool),
    definitions: openDefinitions(pool),
    rules: openRules(pool),
    alerts: openAlerts(pool),
    silences: openSilences(pool),
    subscriptions: openSubscriptions(pool),
    connections: openConnections(pool),
    async check() {
      await query(pool, "checking the registry", { text: "SELECT 1" });
    },
    async close() {
      if (!("pool" in options) && !pool.ending) await pool.end();
    },
  };
}
