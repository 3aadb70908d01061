import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { asError, UnavailableError } from "../core/errors.ts";
import type { BrokerUser } from "../topology/broker-users.ts";
import { type Credentials, declareUser, disableUser, type UserOptions } from "./users.ts";

// Every service has two users of RabbitMQ, of which one is in use: `ingest-points.1` and `ingest-points.2`. A
// rotation gives the other one a new password, tries it, and only then says so where the service looks. Whoever
// connects at any moment connects with what holds at that moment; who is connected stays so.

export interface Kept extends Credentials {
  /** When it was put there, milliseconds since 1970. */
  since: number;
}

/** Where services find what they log in with. */
export interface Vault {
  /** @throws {UnavailableError} */
  read(service: string): Promise<Kept>;
  /** @throws {UnavailableError} */
  replace(service: string, credentials: Credentials): Promise<void>;
}

export interface CredentialsOptions extends UserOptions {
  vault: Vault;
  clock: Clock;
  /** Opens a connection with them, and closes it. @throws {UnavailableError} they are refused */
  tryOut(credentials: Credentials): Promise<void>;
  /** @default 30 days */
  rotateAfterMs?: number;
  /** How long what was in use before can still be: for who has read it and not yet connected. @default 1 day */
  graceMs?: number;
}

const DAY_MS = 86_400_000;

/**
 * Makes every user, with the rights of the table, and renews what is old. May be repeated at any time: what it was
 * interrupted in it does again.
 *
 * @returns the services whose credentials were renewed
 * @throws {UnavailableError} naming the service
 */
export async function provisionUsers(
  users: readonly BrokerUser[],
  options: CredentialsOptions,
): Promise<string[]> {
  const renewed: string[] = [];
  for (const rights of users) {
    try {
      if (await provisionUser(rights, options)) renewed.push(rights.service);
    } catch (cause) {
      const { message } = asError(cause);
      throw new UnavailableError(`the broker's user of ${rights.service}: ${message}`, {
        code: "user_not_provisioned",
        cause,
      });
    }
  }
  return renewed;
}

async function provisionUser(rights: BrokerUser, options: CredentialsOptions): Promise<boolean> {
  const { vault, management, clock, rotateAfterMs = 30 * DAY_MS, graceMs = DAY_MS } = options;
  const kept = await vault.read(rights.service);
  const other = otherOf(kept.username);
  await declareUser(kept, rights, options);
  const ageMs = clock.now() - kept.since;
  if (ageMs >= rotateAfterMs) {
    await renew(rights, { ...options, username: other });
    return true;
  }
  if (ageMs >= graceMs && (await management.exists(["users", other]))) await disableUser(other, options);
  return false;
}

async function renew(rights: BrokerUser, options: CredentialsOptions & { username: string }): Promise<void> {
  const { vault, tryOut, username } = options;
  const next = { username, password: randomBytes(32).toString("base64url") };
  await declareUser(next, rights, options);
  await tryOut(next);
  await vault.replace(rights.service, next);
}

/** @throws {RangeError} a name that is not one of two */
function otherOf(username: string): string {
  const [, service, turn] = /^(.+)\.([12])$/.exec(username) ?? [];
  if (service === undefined) {
    throw new RangeError(`expected a user's name that ends with .1 or .2, got "${username}"`);
  }
  return `${service}.${turn === "1" ? "2" : "1"}`;
}
