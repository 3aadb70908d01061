import { ensureAdminKey } from "../admin-key.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { readSecretText } from "./read.ts";
import { registry } from "./registry.ts";

/** Makes what the secret says the bootstrap key, so that a new value takes the former one's place. */
export async function keepBootstrapKey(): Promise<void> {
  const opened = await registry();
  try {
    await ensureAdminKey(opened.keys, await readSecretText(keys.bootstrapKeySecretArn));
  } finally {
    await opened.close();
  }
}
