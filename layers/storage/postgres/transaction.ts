import type pg from "pg";
import { UnavailableError } from "../../core/errors.ts";
import { storageError } from "./fault.ts";

export interface Transaction {
  /** @throws {PermanentError | UnavailableError} see `storageError` */
  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
  /** For a statement whose result nobody needs: it is sent together with the COMMIT, which fails if it fails. */
  atCommit(query: pg.QueryConfig): void;
}

/**
 * Runs `work` in a transaction on one connection: commits when it resolves, rolls back when it throws, and
 * discards the connection if even that fails.
 *
 * Round trips are what a transaction costs. BEGIN is sent together with the first statement, and so is every
 * statement that is not waited for; if one fails, the server refuses those behind it, and a COMMIT behind it
 * becomes a ROLLBACK.
 *
 * @param doing see `storageError`; what `work` itself throws passes unchanged
 */
export async function transaction<Result>(
  pool: pg.Pool,
  doing: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const told = <Answer>(answer: Promise<Answer>) =>
    answer.catch((cause: unknown): never => {
      throw storageError(cause, doing);
    });
  const client = await told(pool.connect());
  const deferred: pg.QueryConfig[] = [];
  try {
    const begun = told(client.query("BEGIN"));
    begun.catch(() => {}); // thrown below, once `work` is through with the connection
    const result = await work({
      query: <Row extends pg.QueryResultRow>(query: pg.QueryConfig) => told(client.query<Row>(query)),
      atCommit: (query) => deferred.push(query),
    });
    await begun;
    await told(commit(client, deferred));
    client.release();
    return result;
  } catch (error) {
    await abandon(client);
    throw error;
  }
}

async function commit(client: pg.PoolClient, deferred: readonly pg.QueryConfig[]): Promise<void> {
  const statements = deferred.map((query) => client.query(query));
  const committed = client.query("COMMIT");
  await Promise.all([...statements, committed]);
  const { command } = await committed;
  // The server answers so, and with no error, if a statement failed before and `work` passed over it.
  if (command !== "COMMIT") {
    throw new UnavailableError(`expected COMMIT, got ${command}`, { code: "store_unavailable" });
  }
}

async function abandon(client: pg.PoolClient): Promise<void> {
  try {
    await client.query("ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}

/** One statement on a connection of its own. @throws see `storageError` */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  doing: string,
  statement: pg.QueryConfig,
): Promise<Row[]> {
  try {
    const { rows } = await pool.query<Row>(statement);
    return rows;
  } catch (cause) {
    throw storageError(cause, doing);
  }
}
