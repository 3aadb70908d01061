import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createHandler as countUsage } from "../../functions/count-usage/handler.ts";
import { createHandler as declareTopology } from "../../functions/declare-topology/handler.ts";
import type { Dependencies } from "../../functions/dependencies.ts";
import { createHandler as describeApi } from "../../functions/describe-api/handler.ts";
import { createHandler as ingestEvents } from "../../functions/ingest-events/handler.ts";
import { createHandler as ingestPoints } from "../../functions/ingest-points/handler.ts";
import { createHandler as listDevices } from "../../functions/list-devices/handler.ts";
import { createHandler as maintainStorage } from "../../functions/maintain-storage/handler.ts";
import { createHandler as manageKeys } from "../../functions/manage-keys/handler.ts";
import { createHandler as migrateStorage } from "../../functions/migrate-storage/handler.ts";
import { createHandler as publishOutbox } from "../../functions/publish-outbox/handler.ts";
import { createHandler as queryPoints } from "../../functions/query-points/handler.ts";
import { createHandler as recordPoints } from "../../functions/record-points/handler.ts";
import { createHandler as reportHealth } from "../../functions/report-health/handler.ts";
import { createHandler as reportUsage } from "../../functions/report-usage/handler.ts";
import type { HttpHandler } from "../../layers/lambda/http.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import { migrateMeasurements } from "../../layers/storage/measurements/postgres/measurements.ts";
import { migrateRegistry } from "../../layers/storage/registry/postgres/registry.ts";

export interface LocalDependencies extends Dependencies {
  amqpUrl: string;
  databaseUrl: string;
}

/** The functions of the manifest by what triggers them: the same handlers that Lambda runs. */
export interface LocalFunctions {
  http: Readonly<Record<string, HttpHandler>>;
  queue: Readonly<Record<string, QueueHandler>>;
  schedule: Readonly<Record<string, () => Promise<void>>>;
  deploy: Readonly<Record<string, () => Promise<void>>>;
}

export function localFunctions(dependencies: LocalDependencies): LocalFunctions {
  const { amqpUrl, databaseUrl } = dependencies;
  return {
    http: {
      "ingest-points": ingestPoints(dependencies),
      "ingest-events": ingestEvents(dependencies),
      "query-points": queryPoints(dependencies),
      "report-usage": reportUsage(dependencies),
      "report-health": reportHealth(dependencies),
      "describe-api": describeApi({
        ...dependencies,
        docsScript: pathToFileURL(createRequire(import.meta.url).resolve("rapidoc/dist/rapidoc-min.js")),
      }),
      "manage-keys": manageKeys(dependencies),
      "list-devices": listDevices(dependencies),
    },
    queue: {
      "record-points": recordPoints(dependencies),
      "count-usage": countUsage(dependencies),
    },
    schedule: {
      "publish-outbox": publishOutbox(dependencies),
      "maintain-storage": maintainStorage(dependencies),
    },
    deploy: {
      "declare-topology": declareTopology({
        ...dependencies,
        connection: { url: amqpUrl, name: "declare-topology" },
      }),
      "migrate-storage": migrateStorage({
        ...dependencies,
        migrations: {
          registry: () => migrateRegistry(databaseUrl),
          measurements: () => migrateMeasurements(databaseUrl),
        },
      }),
    },
  };
}

/** @throws naming the function of the manifest that nothing here runs */
export function required<Handler>(handlers: Readonly<Record<string, Handler>>, name: string): Handler {
  const handler = handlers[name];
  if (!handler)
    throw new Error(`functions/manifest.ts has "${name}", which apps/local/functions.ts does not run`);
  return handler;
}
