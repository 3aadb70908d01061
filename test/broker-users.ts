import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import type { Kept, Vault } from "../layers/broker/credentials.ts";
import { createManagement, type Management } from "../layers/broker/management.ts";
import type { Credentials } from "../layers/broker/users.ts";

/** The run's management API, as its administrator. */
export function testManagement(otherPassword?: string): Management {
  const { origin, username, password } = new URL(inject("managementUrl"));
  return createManagement({
    url: origin,
    username: decodeURIComponent(username),
    password: otherPassword ?? decodeURIComponent(password),
  });
}

export interface TestVault extends Vault {
  /** What is in it for a service, which has its first credentials from the beginning. */
  held(service: string): Kept;
  /** Deletes its users from the run's broker. */
  discard(): Promise<void>;
}

/** A vault in memory. Users of a broker have no virtual host, so those of a test file have a prefix of their own. */
export function createVault(now: () => number): TestVault {
  const prefix = `test-${randomUUID().slice(0, 8)}-`;
  const kept = new Map<string, Kept>();
  const held = (service: string): Kept => {
    const first = { username: `${prefix}${service}.1`, password: randomUUID(), since: now() };
    const found = kept.get(service) ?? first;
    kept.set(service, found);
    return found;
  };
  return {
    held,
    discard: () => deleteUsers(prefix),
    read: async (service) => held(service),
    replace: async (service, credentials) => void kept.set(service, { ...credentials, since: now() }),
  };
}

async function deleteUsers(prefix: string): Promise<void> {
  const { origin, username, password } = new URL(inject("managementUrl"));
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  const users = (await (await fetch(`${origin}/api/users`, { headers })).json()) as { name: string }[];
  for (const { name } of users.filter((user) => user.name.startsWith(prefix))) {
    await fetch(`${origin}/api/users/${name}`, { method: "DELETE", headers });
  }
}

/** The URL of a virtual host for another user. */
export function urlFor(vhostUrl: string, { username, password }: Credentials): string {
  const url = new URL(vhostUrl);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  return url.href;
}
