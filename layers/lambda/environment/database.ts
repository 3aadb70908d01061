import type { Password } from "../../storage/postgres/renewing-pool.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { read, readSecret } from "./read.ts";

/** Where the database is, for as long as the process lives: RDS renews the password meanwhile. */
export interface DatabaseConnection {
  connectionString: string;
  password: Password;
}

let connection: Promise<DatabaseConnection> | undefined;

/** The same for every store of the process: the secret is read once. */
export function databaseConnection(): Promise<DatabaseConnection> {
  connection ??= describedConnection().catch((error: unknown) => {
    connection = undefined;
    throw error;
  });
  return connection;
}

async function describedConnection(): Promise<DatabaseConnection> {
  let known: ReturnType<typeof readSecret> | undefined;
  const secret = (anew: boolean) => {
    if (anew) known = undefined;
    known ??= readSecret(keys.databaseSecretArn).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  const { username } = await secret(false);
  return {
    connectionString: urlOf({ username }).href,
    password: async (refused) => (await secret(refused)).password,
  };
}

/** With the password of this moment: for what connects once. */
export const databaseUrl = async (): Promise<string> => urlOf(await readSecret(keys.databaseSecretArn)).href;

function urlOf({ username, password }: { username: string; password?: string }): URL {
  const url = new URL(
    `postgres://${read(keys.databaseHost)}:${read(keys.databasePort)}/${read(keys.databaseName)}`,
  );
  url.username = encodeURIComponent(username);
  if (password !== undefined) url.password = encodeURIComponent(password);
  url.searchParams.set("sslmode", "verify-full");
  url.searchParams.set("sslrootcert", read(keys.databaseCaFile));
  return url;
}
