import type { Dependencies } from "../dependencies.ts";

export type MigrateDependencies = Pick<Dependencies, "logger"> & {
  /** One per store that has a schema, by the store's name. */
  migrations: Readonly<Record<string, () => Promise<void>>>;
  /** Sees to the admin key that an environment begins with. None where the key is known only later. */
  ensureAdminKey?: () => Promise<void>;
};

export function createHandler(dependencies: MigrateDependencies): () => Promise<void> {
  const { migrations, ensureAdminKey, logger } = dependencies;
  return async () => {
    for (const [store, migrate] of Object.entries(migrations)) {
      await migrate();
      logger.info("schema is up to date", { store });
    }
    await ensureAdminKey?.();
  };
}
