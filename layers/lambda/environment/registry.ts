import { systemClock } from "../../core/clock.ts";
import type { Registry } from "../../storage/registry/port.ts";
import { openPostgresRegistry } from "../../storage/registry/postgres/registry.ts";
import { type Authenticator, createAuthenticator } from "../auth.ts";
import { base } from "./base.ts";
import { databaseUrl } from "./database.ts";

export async function registry(): Promise<Registry> {
  return openPostgresRegistry({ connectionString: await databaseUrl() });
}

/** What every HTTP function is made of, and the registry that its keys are in. */
export async function httpBase(): Promise<
  ReturnType<typeof base> & { authenticator: Authenticator; registry: Registry }
> {
  const opened = await registry();
  return { ...base(), registry: opened, authenticator: createAuthenticator(opened.keys, systemClock) };
}
