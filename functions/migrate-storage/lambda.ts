import { base } from "../../layers/lambda/environment/base.ts";
import { keepBootstrapKey } from "../../layers/lambda/environment/bootstrap-key.ts";
import { databaseUrl } from "../../layers/lambda/environment/database.ts";
import { migrateBundledLogs } from "../../layers/lambda/environment/logs.ts";
import { migrateBundledMeasurements } from "../../layers/lambda/environment/measurements.ts";
import { migrateRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { createHandler } from "./handler.ts";

const bundled = (set: string) => new URL(`./migrations/${set}/`, import.meta.url);

export const handler = createHandler({
  ...base(),
  migrations: {
    registry: async () => migrateRegistry(await databaseUrl(), bundled("registry")),
    measurements: () => migrateBundledMeasurements(bundled("measurements")),
    logs: () => migrateBundledLogs(bundled("logs")),
  },
  ensureAdminKey: keepBootstrapKey,
});
