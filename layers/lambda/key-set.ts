import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from "jose";
import * as z from "zod";
import type { Clock } from "../core/clock.ts";
import { UnavailableError } from "../core/errors.ts";

export interface KeySetOptions {
  /** Where the issuer publishes its keys: from the settings alone, never from a token. */
  url: string;
  clock: Clock;
}

/** The key that signed a token. @throws {UnavailableError} it is unknown here, and the issuer cannot be asked */
export type KeySet = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** A key that its issuer has withdrawn is not believed for longer. */
const FRESH_MS = 5 * 60_000;
/** While the issuer cannot be asked, its keys are still believed, for so long since it was. */
const STALE_MS = 60 * 60_000;
/** It is asked no sooner again, whatever tokens come: anybody can make up the id of a key. */
const ASK_AGAIN_MS = 30_000;
/** A request waits for it. */
const PATIENCE_MS = 3_000;
const MAX_BYTES = 512 * 1_024;

const schema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

interface Known {
  find: ReturnType<typeof createLocalJWKSet>;
  at: number;
}

/** An issuer's public keys (RFC 7517), asked for when first needed, when they are old, and for a key not seen yet. */
export function openKeySet({ url, clock }: KeySetOptions): KeySet {
  let known: Known | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let asking: Promise<void> | undefined;

  const age = (): number => (known ? clock.now() - known.at : Number.POSITIVE_INFINITY);

  /** At most once in a while; many requests at once ask together. */
  function refresh(): Promise<void> {
    if (!asking && clock.now() - askedAt >= ASK_AGAIN_MS) asking = ask().finally(() => (asking = undefined));
    return asking ?? Promise.resolve();
  }

  async function ask(): Promise<void> {
    askedAt = clock.now();
    try {
      known = { find: createLocalJWKSet(await download(url)), at: askedAt };
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  const unavailable = (): UnavailableError =>
    new UnavailableError(`the issuer's keys cannot be had from ${url}`, {
      code: "keys_unavailable",
      cause: failure,
    });

  return async (header, token) => {
    if (age() >= FRESH_MS) await refresh();
    if (!known || age() >= STALE_MS) throw unavailable();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      if (failure !== undefined) throw unavailable();
      return known.find(header, token);
    }
  };
}

async function download(url: string): Promise<z.infer<typeof schema>> {
  const answer = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status !== 200) throw new Error(`expected 200 from ${url}, got ${answer.status}`);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new Error(`expected at most ${MAX_BYTES} bytes of keys from ${url}`);
    pieces.push(piece);
  }
  return schema.parse(JSON.parse(Buffer.concat(pieces).toString("utf8")));
}
