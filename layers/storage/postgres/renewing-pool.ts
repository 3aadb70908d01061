import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { asError } from "../../core/errors.ts";

/**
 * What to log in with, asked for at every connection.
 *
 * @param refused the server has just refused what this said last: it must be looked up again
 */
export type Password = (refused: boolean) => Promise<string>;

/** SQLSTATE invalid_password. */
const REFUSED = "28P01";
/** Whoever renews a password tells the server first, and then, within moments, those who ask for it. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;
const UNKNOWN = "nobody could say";

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** A pool for which a password that was renewed is no failure: it asks again, and connects with the new one. */
export class RenewingPool extends pg.Pool {
  #refused = false;
  #unanswered: Error | undefined;
  readonly #attempts: number;

  /** @param password none if the configuration has one, which then is never asked for again */
  constructor(password: Password | undefined, config: pg.PoolConfig) {
    super({ ...config, ...(password && { password: () => this.#ask(password) }) });
    // What cannot change need not be tried again.
    this.#attempts = password ? ATTEMPTS : 1;
  }

  /** A driver that is told of no password leaves its connection open until the server tires of it: so it is told one. */
  async #ask(password: Password): Promise<string> {
    this.#unanswered = undefined;
    try {
      return await password(this.#refused);
    } catch (error) {
      this.#unanswered = asError(error);
      return UNKNOWN;
    }
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const connecting = this.#connect();
    if (!callback) return connecting;
    connecting.then(
      (client) => callback(undefined, client, (release) => client.release(release as boolean)),
      (error: unknown) => callback(asError(error), undefined, () => undefined),
    );
  }

  async #connect(): Promise<pg.PoolClient> {
    for (let attempt = 1; ; attempt++) {
      try {
        const client = await super.connect();
        this.#refused = false;
        return client;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (this.#unanswered) throw this.#unanswered;
        if (attempt >= this.#attempts) throw error;
        this.#refused = true;
        if (attempt > 1) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 2));
      }
    }
  }
}

const isRefusal = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === REFUSED;
