import { sha256 } from "../core/ids.ts";
import { microsOf } from "../core/time.ts";
import type { Keys } from "../storage/registry/port.ts";
import { BOOTSTRAP_KEY_ID, keyIdOf } from "./auth.ts";

/** Makes this the admin key to begin with; under its id no former one remains. @throws {UnavailableError} */
export async function ensureAdminKey(keys: Pick<Keys, "find" | "replace">, apiKey: string): Promise<void> {
  const keyId = keyIdOf(apiKey);
  const hash = sha256(apiKey);
  const known = await keys.find(keyId);
  if (known?.hash.equals(hash) && known.revokedAt === undefined) return;
  const name = keyId === BOOTSTRAP_KEY_ID ? "bootstrap" : "admin";
  await keys.replace({ keyId, name, scopes: ["admin"], hash, createdAt: microsOf(Date.now()) });
}
