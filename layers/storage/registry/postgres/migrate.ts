import { migrate } from "../../postgres/migrate.ts";

const migrations = new URL("./migrations", import.meta.url);

/** @param directory where the migrations are, if not beside this file: a bundle carries them elsewhere */
export const migrateRegistry = (
  connectionString: string,
  directory: string | URL = migrations,
): Promise<void> => migrate({ connectionString, directory, table: "registry_schema" });
