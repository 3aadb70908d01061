import { base } from "../../layers/lambda/environment/base.ts";
import { keepBootstrapKey } from "../../layers/lambda/environment/bootstrap-key.ts";
import {
  migrateBundledLogs,
  migrateBundledMeasurements,
  migrateBundledRegistry,
} from "../../layers/lambda/environment/migrations.ts";
import { createHandler } from "./handler.ts";

const bundled = (set: string) => new URL(`./migrations/${set}/`, import.meta.url);

export const handler = createHandler({
  ...base(),
  migrations: {
    registry: () => migrateBundledRegistry(bundled("registry")),
    measurements: () => migrateBundledMeasurements(bundled("measurements")),
    logs: () => migrateBundledLogs(bundled("logs")),
  },
  ensureAdminKey: keepBootstrapKey,
});
