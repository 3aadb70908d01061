import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createHandler as acceptSocket } from "../../functions/accept-socket/handler.ts";
import { createHandler as appendAudit } from "../../functions/append-audit/handler.ts";
import { createHandler as archiveEvents } from "../../functions/archive-events/handler.ts";
import { createHandler as countUsage } from "../../functions/count-usage/handler.ts";
import { createHandler as declareTopology } from "../../functions/declare-topology/handler.ts";
import { createHandler as deliverNotifications } from "../../functions/deliver-notifications/handler.ts";
import type { Dependencies } from "../../functions/dependencies.ts";
import { createHandler as describeApi } from "../../functions/describe-api/handler.ts";
import { createHandler as describeBus } from "../../functions/describe-bus/handler.ts";
import { createHandler as drainSpool } from "../../functions/drain-spool/handler.ts";
import { createHandler as eraseDevices } from "../../functions/erase-devices/handler.ts";
import { createHandler as evaluateRules } from "../../functions/evaluate-rules/handler.ts";
import { createHandler as exportPoints } from "../../functions/export-points/handler.ts";
import { createHandler as followRegistry } from "../../functions/follow-registry/handler.ts";
import { createHandler as indexLogs } from "../../functions/index-logs/handler.ts";
import { createHandler as ingestEvents } from "../../functions/ingest-events/handler.ts";
import { createHandler as ingestLogs } from "../../functions/ingest-logs/handler.ts";
import { createHandler as ingestPoints } from "../../functions/ingest-points/handler.ts";
import { createHandler as listDevices } from "../../functions/list-devices/handler.ts";
import { createHandler as maintainStorage } from "../../functions/maintain-storage/handler.ts";
import { createHandler as manageAlerts } from "../../functions/manage-alerts/handler.ts";
import { createHandler as manageChannels } from "../../functions/manage-channels/handler.ts";
import { createHandler as manageDeadLetters } from "../../functions/manage-dead-letters/handler.ts";
import { createHandler as manageDefinitions } from "../../functions/manage-definitions/handler.ts";
import { createHandler as manageKeys } from "../../functions/manage-keys/handler.ts";
import { createHandler as manageRules } from "../../functions/manage-rules/handler.ts";
import { createHandler as manageSilences } from "../../functions/manage-silences/handler.ts";
import { createHandler as manageSubscriptions } from "../../functions/manage-subscriptions/handler.ts";
import { createHandler as migrateStorage } from "../../functions/migrate-storage/handler.ts";
import { createHandler as notify } from "../../functions/notify/handler.ts";
import { createHandler as publishOutbox } from "../../functions/publish-outbox/handler.ts";
import { createHandler as pushStream } from "../../functions/push-stream/handler.ts";
import { createHandler as queryEvents } from "../../functions/query-events/handler.ts";
import { createHandler as queryLogs } from "../../functions/query-logs/handler.ts";
import { createHandler as queryPoints } from "../../functions/query-points/handler.ts";
import { createHandler as readAudit } from "../../functions/read-audit/handler.ts";
import { createHandler as recordDeadLetters } from "../../functions/record-dead-letters/handler.ts";
import { createHandler as recordPoints } from "../../functions/record-points/handler.ts";
import { createHandler as reportHealth } from "../../functions/report-health/handler.ts";
import { createHandler as reportStatistics } from "../../functions/report-statistics/handler.ts";
import { createHandler as reportUsage } from "../../functions/report-usage/handler.ts";
import { createHandler as rollUp } from "../../functions/roll-up/handler.ts";
import { createHandler as sampleQueues } from "../../functions/sample-queues/handler.ts";
import { createHandler as sealAudit } from "../../functions/seal-audit/handler.ts";
import { createHandler as tickRules } from "../../functions/tick-rules/handler.ts";
import type { HttpHandler } from "../../layers/lambda/http.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import type { SocketHandler } from "../../layers/lambda/socket-event.ts";
import type { AddressRule } from "../../layers/notify/address.ts";
import { migrateLogs } from "../../layers/storage/logs/postgres/migrate.ts";
import { migrateMeasurements } from "../../layers/storage/measurements/postgres/migrate.ts";
import { migrateRegistry } from "../../layers/storage/registry/postgres/migrate.ts";

export interface LocalDependencies extends Dependencies {
  amqpUrl: string;
  databaseUrl: string;
  /** Where channels may lead. */
  addresses: AddressRule;
}

/** The functions of the manifest by what triggers them: the same handlers that Lambda runs. */
export interface LocalFunctions {
  http: Readonly<Record<string, HttpHandler>>;
  queue: Readonly<Record<string, QueueHandler>>;
  socket: Readonly<Record<string, SocketHandler>>;
  schedule: Readonly<Record<string, () => Promise<void>>>;
  deploy: Readonly<Record<string, () => Promise<void>>>;
}

export function localFunctions(dependencies: LocalDependencies): LocalFunctions {
  const { amqpUrl, databaseUrl, measurements } = dependencies;
  const { mostPointBytes } = measurements.capabilities;
  const declare = declareTopology({
    ...dependencies,
    // One user for everything: who is on this machine can read its password anyway.
    administrator: async () => ({ connection: { url: amqpUrl, name: "declare-topology" } }),
  });
  return {
    http: {
      "ingest-points": ingestPoints({ ...dependencies, mostPointBytes }),
      "ingest-events": ingestEvents(dependencies),
      "ingest-logs": ingestLogs(dependencies),
      "query-points": queryPoints(dependencies),
      "export-points": exportPoints(dependencies),
      "query-logs": queryLogs(dependencies),
      "query-events": queryEvents(dependencies),
      "report-usage": reportUsage(dependencies),
      "report-health": reportHealth(dependencies),
      "describe-bus": describeBus(dependencies),
      "describe-api": describeApi({
        ...dependencies,
        docsScript: pathToFileURL(createRequire(import.meta.url).resolve("rapidoc/dist/rapidoc-min.js")),
      }),
      "manage-definitions": manageDefinitions(dependencies),
      "manage-keys": manageKeys(dependencies),
      "manage-dead-letters": manageDeadLetters(dependencies),
      "manage-channels": manageChannels(dependencies),
      "manage-rules": manageRules(dependencies),
      "manage-alerts": manageAlerts(dependencies),
      "manage-silences": manageSilences(dependencies),
      "manage-subscriptions": manageSubscriptions(dependencies),
      "list-devices": listDevices(dependencies),
      "report-statistics": reportStatistics(dependencies),
      "read-audit": readAudit(dependencies),
    },
    queue: {
      "record-points": recordPoints(dependencies),
      "evaluate-rules": evaluateRules(dependencies),
      "count-usage": countUsage(dependencies),
      notify: notify(dependencies),
      "archive-events": archiveEvents(dependencies),
      "index-logs": indexLogs(dependencies),
      "append-audit": appendAudit(dependencies),
      "push-stream": pushStream(dependencies),
      "follow-registry": followRegistry(dependencies),
      "record-dead-letters": recordDeadLetters(dependencies),
    },
    socket: { "accept-socket": acceptSocket(dependencies) },
    schedule: {
      "publish-outbox": publishOutbox(dependencies),
      "deliver-notifications": deliverNotifications(dependencies),
      "drain-spool": drainSpool(dependencies),
      "erase-devices": eraseDevices(dependencies),
      "declare-topology": declare,
      "maintain-storage": maintainStorage(dependencies),
      "roll-up": rollUp(dependencies),
      "sample-queues": sampleQueues(dependencies),
      "seal-audit": sealAudit(dependencies),
      "tick-rules": tickRules(dependencies),
    },
    deploy: {
      "declare-topology": declare,
      "migrate-storage": migrateStorage({
        ...dependencies,
        migrations: {
          registry: () => migrateRegistry(databaseUrl),
          measurements: () => migrateMeasurements(databaseUrl),
          logs: () => migrateLogs(databaseUrl),
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
