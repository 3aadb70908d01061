import { errors, jwtVerify } from "jose";
import * as z from "zod";
import type { Clock } from "../core/clock.ts";
import { describe, faultsOf } from "../core/envelope.ts";
import { RefusedError } from "../core/errors.ts";
import { type Scope, scopes } from "../storage/registry/port.ts";
import type { Caller } from "./auth.ts";
import { openKeySet } from "./key-set.ts";
import { INVALID_TOKEN } from "./problem.ts";

export interface TokenSettings {
  /** What `iss` must be, to the letter. */
  issuer: string;
  /** What `aud` must be, or hold. */
  audience: string;
  jwksUrl: string;
}

/** People's and services' JSON Web Tokens (RFC 7519). */
export interface Tokens {
  /** @throws {RefusedError} 401 @throws {UnavailableError} the issuer's keys cannot be had */
  verify(token: string): Promise<Caller>;
}

/** Nothing symmetric, whose key would be public here, and not `none`. */
const ALGORITHMS = ["RS256", "ES256"];
const CLOCK_SKEW_SECONDS = 60;
const MAX_PATTERNS = 100;

const patterns = z.array(z.string().min(1).max(256)).max(MAX_PATTERNS).optional();

const claimsSchema = z.object({
  /** Becomes the caller's id: it may not pass for that of an API key. */
  sub: z.string().regex(/^(?!key_)[\x20-\x7e]{1,255}$/, "expected 1 to 255 printable characters, not key_…"),
  scope: z.string().default(""),
  telemetry_devices: patterns,
  telemetry_types: patterns,
});

/** Whether it is a token by its form: three parts of base64url, of which the first begins a JSON object. */
export const isToken = (credential: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);

export function openTokens(settings: TokenSettings, clock: Clock): Tokens {
  const { issuer, audience, jwksUrl } = settings;
  // The key is found in this set alone: what a token's header says of keys (jwk, jku, x5c, x5u) is never read.
  const keys = openKeySet({ url: jwksUrl, clock });

  async function claimsOf(token: string): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_SKEW_SECONDS },
        ...{ requiredClaims: ["exp", "sub"], currentDate: new Date(clock.now()) },
      });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JOSEError) throw invalid(cause.message, cause);
      throw cause;
    }
  }

  return {
    async verify(token) {
      const parsed = claimsSchema.safeParse(await claimsOf(token));
      if (!parsed.success) throw invalid(describe(faultsOf(parsed.error)), parsed.error);
      const { sub, scope, telemetry_devices: devices, telemetry_types: types } = parsed.data;
      return { keyId: sub, scopes: new Set(scope.split(" ").filter(isScope)), devices, types };
    },
  };
}

/** Scopes of other services mean nothing here. */
const isScope = (scope: string): scope is Scope => scopes.some((known) => known === scope);

const invalid = (why: string, cause: unknown): RefusedError =>
  new RefusedError(401, `the token is not accepted: ${why}`, [], { code: INVALID_TOKEN, cause });
