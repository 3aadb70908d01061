import type { Dependencies } from "../dependencies.ts";

export type MigrateDependencies = Pick<Dependencies, "logger"> & {
  /** One per store that has a schema, by the store's name. */
  migrations: Readonly<Record<string, () => Promise<void>>>;
};

export function createHandler({ migrations, logger }: MigrateDependencies): () => Promise<void> {
  return async () => {
    for (const [store, migrate] of Object.entries(migrations)) {
      await migrate();
      logger.info("schema is up to date", { store });
    }
  };
}
