import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { RefusedError, UnavailableError } from "../core/errors.ts";
import { sha256 } from "../core/ids.ts";
import type { ApiKey, Keys, Scope } from "../storage/registry/port.ts";
import type { Limits } from "./limits.ts";
import { INVALID_TOKEN } from "./problem.ts";
import { isToken, type Tokens } from "./tokens.ts";

export interface Caller extends Limits {
  /** A key's id, or a token's subject. Empty for a caller without a credential, on an open route. */
  keyId: string;
  scopes: ReadonlySet<Scope>;
}

export const ANONYMOUS: Caller = { keyId: "", scopes: new Set() };

/** The key that the local run and the first deploy begin with; it may be any secret text. */
export const BOOTSTRAP_KEY_ID = "key_bootstrap";

export interface Authenticator {
  /** @throws {RefusedError} 401 @throws {UnavailableError} the registry is away and the key was not seen lately */
  authenticate(headers: Readonly<Record<string, string>>): Promise<Caller>;
}

/** A revocation holds within this time. */
const FRESH_MS = 30_000;
/** While the database is away, keys that were good this recently are still let in. */
const STALE_MS = 15 * 60_000;
/** A database that does not even refuse is away, too: a request can wait for it no longer than this. */
const PATIENCE_MS = 500;
/** By whom it does not know at all, too: an answer of 503 must come before API Gateway gives up. */
const LONG_PATIENCE_MS = 5_000;
/** Then, or when it refused, it is not asked again for a while, so that not every request waits. */
const ASK_AGAIN_MS = 5_000;
const MAX_CACHED = 10_000;

interface Cached {
  key: ApiKey | undefined;
  at: number;
  freshUntil: number;
}

/** @param tokens left out where the environment names no issuer of tokens */
export function createAuthenticator(keys: Pick<Keys, "find">, clock: Clock, tokens?: Tokens): Authenticator {
  const cache = new Map<string, Cached>();

  async function lookUp(keyId: string): Promise<ApiKey | undefined> {
    const cached = cache.get(keyId);
    if (cached && clock.now() < cached.freshUntil) return cached.key;
    if (!cached?.key || clock.now() - cached.at >= STALE_MS) return inTime(ask(keyId), LONG_PATIENCE_MS);
    try {
      return await inTime(ask(keyId), PATIENCE_MS);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      cached.freshUntil = clock.now() + ASK_AGAIN_MS;
      return cached.key;
    }
  }

  async function ask(keyId: string): Promise<ApiKey | undefined> {
    const at = clock.now();
    const key = await keys.find(keyId);
    cache.delete(keyId);
    cache.set(keyId, { key, at, freshUntil: at + FRESH_MS });
    const oldest = cache.keys().next().value;
    if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
    return key;
  }

  return {
    async authenticate(headers) {
      const token = tokenOf(headers);
      if (!token)
        throw unauthorized("expected a credential in Authorization: Bearer or an API key in X-Api-Key");
      if (tokens && isToken(token)) return tokens.verify(token);
      const key = await lookUp(keyIdOf(token));
      if (!key || !timingSafeEqual(key.hash, sha256(token))) throw invalid("unknown API key");
      if (key.revokedAt !== undefined) throw invalid("this API key was revoked");
      const { keyId, scopes, devices, types } = key;
      return { keyId, scopes: new Set(scopes), devices, types };
    },
  };
}

/** `admin` may do what `ingest`, `read` and `operate` may; `internal` is never implied. */
export function allows({ scopes }: Caller, needed: Scope): boolean {
  return scopes.has(needed) || (needed !== "internal" && scopes.has("admin"));
}

/** Keys are `key_id.secret`; a text of any other form can only be the bootstrap key. */
export function keyIdOf(token: string): string {
  const at = token.indexOf(".");
  return token.startsWith("key_") && at > 0 ? token.slice(0, at) : BOOTSTRAP_KEY_ID;
}

function tokenOf(headers: Readonly<Record<string, string>>): string | undefined {
  const [scheme, credential] = (headers.authorization ?? "").split(/ +/, 2);
  if (scheme?.toLowerCase() === "bearer" && credential) return credential;
  return headers["x-api-key"]?.trim() || undefined;
}

async function inTime<Answer>(asked: Promise<Answer>, patienceMs: number): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new UnavailableError("the registry does not answer")), patienceMs);
  return Promise.race([asked, promise]).finally(() => clearTimeout(timer));
}

const invalid = (detail: string) => new RefusedError(401, detail, [], { code: INVALID_TOKEN });

const unauthorized = (detail: string) => new RefusedError(401, detail, [], { code: "unauthorized" });
