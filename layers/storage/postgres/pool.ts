import type pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { type Password, RenewingPool } from "./renewing-pool.ts";

export interface PoolOptions {
  /** Instead of the connection string's. @default the connection string's */
  password?: Password;
  /** Connections at most. A Lambda handles one call at a time: a few are plenty. @default 4 */
  max?: number;
  /** What the server shows this program as in `pg_stat_activity`. @default "telemetry-bus" */
  applicationName?: string;
  /** For a connection to be made, or for one of `max` to come free. @default 5_000 */
  connectTimeoutMs?: number;
  /** The server gives up on a statement after this; 0 is never. @default 30_000 */
  statementTimeoutMs?: number;
  /**
   * The server rolls back a transaction that says nothing for this long, so that a process that was frozen or
   * cut off in the middle of one does not hold its locks for ever. @default 60_000
   */
  idleTransactionTimeoutMs?: number;
}

export const poolDefaults: Required<Omit<PoolOptions, "password">> = {
  max: 4,
  applicationName: "telemetry-bus",
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  idleTransactionTimeoutMs: 60_000,
};

/**
 * For servers on solid-state disks, as Aurora's and most are. Statements were written and measured with these, and a
 * server's own defaults, for disks that turn, would have the planner read more than it needs.
 */
export const plannerSettings = { random_page_cost: "1.1", jit: "off" } as const;

const PLANNER = Object.entries(plannerSettings).map(([name, value]) => `-c ${name}=${value}`);

/** Past the server's own limit: an answer that has not come by then was lost with the network. */
const NETWORK_GRACE_MS = 5_000;
const KEEPALIVE_AFTER_MS = 10_000;

/**
 * A pool whose connections send queries without waiting for the answers to those before (`pipeline`), so that
 * statements that do not depend on each other share one round trip: see `transaction.ts`.
 *
 * @param connectionString `postgres://user:password@host:port/database?sslmode=…`
 */
export function openPool(connectionString: string, options: PoolOptions = {}): pg.Pool {
  const { password, max, applicationName, ...times } = { ...poolDefaults, ...options };
  const { connectTimeoutMs, statementTimeoutMs, idleTransactionTimeoutMs } = times;
  const named = parseIntoClientConfig(connectionString);
  const pool = new RenewingPool(password, {
    ...named,
    // The connection string's own come last, and win.
    options: [...PLANNER, named.options ?? ""].join(" "),
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs > 0 ? statementTimeoutMs + NETWORK_GRACE_MS : 0,
    idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    pipeline: true,
  });
  // A connection that dies fails whatever it was asked, and the pool replaces it. Without these listeners its
  // death would be an uncaught exception as well: of an idle one on the pool, of a busy one on the client.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
