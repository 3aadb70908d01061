import type { Operations } from "../layers/lambda/operation.ts";
import { operations as describeApi } from "./describe-api/schema.ts";
import { operations as ingestEvents } from "./ingest-events/schema.ts";
import { operations as ingestPoints } from "./ingest-points/schema.ts";
import { operations as listDevices } from "./list-devices/schema.ts";
import { operations as manageKeys } from "./manage-keys/schema.ts";
import { operations as queryPoints } from "./query-points/schema.ts";
import { operations as reportHealth } from "./report-health/schema.ts";
import { operations as reportUsage } from "./report-usage/schema.ts";

/** Every operation of every function, as the OpenAPI document lists them. */
export const operations: Operations = {
  ...ingestPoints,
  ...ingestEvents,
  ...queryPoints,
  ...reportUsage,
  ...listDevices,
  ...manageKeys,
  ...reportHealth,
  ...describeApi,
};
