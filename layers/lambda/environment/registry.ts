import { systemClock } from "../../core/clock.ts";
import type { Registry } from "../../storage/registry/port.ts";
import { openPostgresRegistry } from "../../storage/registry/postgres/registry.ts";
import { type Authenticator, createAuthenticator } from "../auth.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { openTokens, type Tokens } from "../tokens.ts";
import { base } from "./base.ts";
import { databaseConnection } from "./database.ts";
import { read } from "./read.ts";

export async function registry(): Promise<Registry> {
  return openPostgresRegistry(await databaseConnection());
}

/** What every HTTP function is made of, and the registry that its keys are in. */
export async function httpBase(): Promise<
  ReturnType<typeof base> & { authenticator: Authenticator; registry: Registry }
> {
  const opened = await registry();
  const authenticator = createAuthenticator(opened.keys, systemClock, tokens());
  return { ...base(), registry: opened, authenticator };
}

/** None where the environment names no issuer. */
function tokens(): Tokens | undefined {
  if (!process.env[keys.jwtIssuer]) return undefined;
  const [issuer, audience, jwksUrl] = [read(keys.jwtIssuer), read(keys.jwtAudience), read(keys.jwksUrl)];
  return openTokens({ issuer, audience, jwksUrl }, systemClock);
}
