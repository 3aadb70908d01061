import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UnavailableError } from "../../../layers/core/errors.ts";

/** The secret in `file`, made on the first call: 192 random bits in base64url, readable by its owner only. */
export async function keptSecret(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const made = randomBytes(24).toString("base64url");
  await writeFile(file, made, { flag: "wx", mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const kept = (await readFile(file, "utf8")).trim();
  if (kept === "")
    throw new UnavailableError(`${file} should hold a secret, but is empty: delete it to have one made`);
  return kept;
}
