import { environmentKeys as keys } from "../environment-keys.ts";
import { read, readSecret } from "./read.ts";

export async function databaseUrl(): Promise<string> {
  const { username, password } = await readSecret(keys.databaseSecretArn);
  const url = new URL(
    `postgres://${read(keys.databaseHost)}:${read(keys.databasePort)}/${read(keys.databaseName)}`,
  );
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  url.searchParams.set("sslmode", "verify-full");
  url.searchParams.set("sslrootcert", read(keys.databaseCaFile));
  return url.href;
}
