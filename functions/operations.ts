import type { Operations } from "../layers/lambda/operation.ts";
import { operations as describeApi } from "./describe-api/schema.ts";
import { operations as describeBus } from "./describe-bus/schema.ts";
import { operations as exportPoints } from "./export-points/schema.ts";
import { operations as ingestEvents } from "./ingest-events/schema.ts";
import { operations as ingestLogs } from "./ingest-logs/schema.ts";
import { operations as ingestPoints } from "./ingest-points/schema.ts";
import { operations as listDevices } from "./list-devices/schema.ts";
import { operations as manageAlerts } from "./manage-alerts/schema.ts";
import { operations as manageChannels } from "./manage-channels/schema.ts";
import { operations as manageDeadLetters } from "./manage-dead-letters/schema.ts";
import { operations as manageDefinitions } from "./manage-definitions/schema.ts";
import { operations as manageKeys } from "./manage-keys/schema.ts";
import { operations as manageRules } from "./manage-rules/schema.ts";
import { operations as manageSilences } from "./manage-silences/schema.ts";
import { operations as manageSubscriptions } from "./manage-subscriptions/schema.ts";
import { operations as queryEvents } from "./query-events/schema.ts";
import { operations as queryLogs } from "./query-logs/schema.ts";
import { operations as queryPoints } from "./query-points/schema.ts";
import { operations as readAudit } from "./read-audit/schema.ts";
import { operations as reportHealth } from "./report-health/schema.ts";
import { operations as reportStatistics } from "./report-statistics/schema.ts";
import { operations as reportUsage } from "./report-usage/schema.ts";

/** Every operation of every function, as the OpenAPI document lists them. */
export const operations: Operations = {
  ...ingestPoints,
  ...ingestEvents,
  ...ingestLogs,
  ...queryPoints,
  ...exportPoints,
  ...manageDefinitions,
  ...queryLogs,
  ...queryEvents,
  ...reportUsage,
  ...reportStatistics,
  ...manageSubscriptions,
  ...manageRules,
  ...manageAlerts,
  ...manageSilences,
  ...listDevices,
  ...manageKeys,
  ...readAudit,
  ...manageDeadLetters,
  ...manageChannels,
  ...reportHealth,
  ...describeBus,
  ...describeApi,
};
