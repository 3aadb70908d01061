import type { Scope } from "../layers/storage/registry/port.ts";

// THE table of functions. CDK deploys it, the local runtime runs it, OpenAPI describes its routes, and the drift
// tests hold it against the template. To add an endpoint is to add a route here and its operation to the
// function's schema.ts; to add a queue is a trigger here and a row in layers/topology.

/**
 * A port or setting that a function needs: decides its grants, its environment and what it is handed.
 * `spool` is where messages wait for a broker, `sealed` where the audit's heads cannot be changed, `mail` a
 * sender's address, `internet` the way to other companies' servers.
 */
export type Need =
  | "broker"
  | "measurements"
  | "registry"
  | "logs"
  | "spool"
  | "sealed"
  | "mail"
  | "internet";

export interface Route {
  kind: "route";
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As API Gateway writes it: `/devices/{device_id}`. */
  path: string;
  /** What the caller's key must hold; `open` needs no credential. */
  scope: Scope | "open";
  /** Key into the function's `operations`, and the OpenAPI operationId. */
  operation: string;
}

export interface QueueTrigger {
  kind: "queue";
  /** A queue's name in layers/topology, or the family of a partitioned one: one event source per queue of it. */
  queue: string;
  /** Messages per invocation at most. */
  batchSize: number;
}

export interface ScheduleTrigger {
  kind: "schedule";
  everySeconds: number;
}

/** Run once per deploy, and at each start of the local runtime. */
export interface DeployTrigger {
  kind: "deploy";
}

export type Trigger = Route | QueueTrigger | ScheduleTrigger | DeployTrigger;

export interface FunctionRow {
  /** Also its folder, and the last part of its name on AWS. */
  name: string;
  summary: string;
  triggers: readonly Trigger[];
  needs: readonly Need[];
  memoryMb: number;
  timeoutSeconds: number;
}

const get = (path: string, scope: Route["scope"], operation: string): Route => ({
  kind: "route",
  method: "GET",
  path,
  scope,
  operation,
});
const post = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "POST",
});
const remove = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "DELETE",
});

const device = "/api/v1/telemetry/devices/{device_id}";

export const manifest: readonly FunctionRow[] = [
  {
    name: "ingest-points",
    summary: "Takes measurements from devices and gateways",
    triggers: [
      post(`${device}/telemetry`, "ingest", "ingestPoint"),
      post(`${device}/telemetry/batch`, "ingest", "ingestBatch"),
      post("/api/v1/telemetry/bulk", "ingest", "ingestBulk"),
    ],
    needs: ["broker", "registry"],
    memoryMb: 1_024,
    timeoutSeconds: 29,
  },
  {
    name: "ingest-events",
    summary: "Takes CloudEvents from applications",
    triggers: [post("/api/v1/events", "ingest", "ingestEvents")],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "query-points",
    summary: "Answers questions about measurements",
    triggers: [
      post("/api/v1/telemetry/query", "read", "queryPoints"),
      get(`${device}/metrics`, "read", "listDeviceMetrics"),
      get(`${device}/metrics/{metric_name}/latest`, "read", "latestPoint"),
      get(`${device}/metrics/{metric_name}/range`, "read", "rangeOfPoints"),
      get("/api/v1/telemetry/aggregated", "read", "aggregatedPoints"),
    ],
    needs: ["measurements", "registry"],
    memoryMb: 1_024,
    timeoutSeconds: 29,
  },
  {
    name: "report-usage",
    summary: "Reports how the bus and the API are used",
    triggers: [get("/metrics", "read", "reportUsage")],
    needs: ["registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "report-health",
    summary: "Says whether the platform works, and what each part of it is doing",
    triggers: [get("/health", "open", "health"), get("/health/detailed", "read", "detailedHealth")],
    needs: ["broker", "measurements", "registry"],
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  {
    name: "describe-api",
    summary: "Serves the OpenAPI document and a page to read it",
    triggers: [
      get("/openapi.json", "open", "openApi"),
      get("/docs", "open", "docs"),
      get("/docs/{asset}", "open", "docsAsset"),
    ],
    needs: [],
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  {
    name: "manage-keys",
    summary: "Creates, lists and revokes API keys",
    triggers: [
      post("/api/v1/keys", "admin", "createKey"),
      get("/api/v1/keys", "admin", "listKeys"),
      remove("/api/v1/keys/{key_id}", "admin", "revokeKey"),
    ],
    needs: ["registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "list-devices",
    summary: "Lists the devices that have reported",
    triggers: [get("/api/v1/devices", "read", "listDevices")],
    needs: ["registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "record-points",
    summary: "Stores measurements from the bus",
    triggers: [{ kind: "queue", queue: "telemetry.points", batchSize: 50 }],
    needs: ["broker", "measurements", "registry"],
    memoryMb: 1_024,
    timeoutSeconds: 120,
  },
  {
    name: "count-usage",
    summary: "Counts events, each once, into usage per minute",
    triggers: [{ kind: "queue", queue: "metrics.updates", batchSize: 500 }],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "publish-outbox",
    summary: "Publishes what a crashed consumer committed and could not announce",
    triggers: [{ kind: "schedule", everySeconds: 60 }],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  {
    name: "maintain-storage",
    summary: "Makes partitions for the days to come and drops what has expired",
    triggers: [{ kind: "schedule", everySeconds: 3_600 }],
    needs: ["measurements", "registry"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "declare-topology",
    summary: "Declares exchanges, queues and bindings on the broker",
    triggers: [{ kind: "deploy" }],
    needs: ["broker"],
    memoryMb: 512,
    timeoutSeconds: 300,
  },
  {
    name: "migrate-storage",
    summary: "Brings the databases' schemas up to date",
    triggers: [{ kind: "deploy" }],
    needs: ["measurements", "registry"],
    memoryMb: 512,
    timeoutSeconds: 300,
  },
];

export const routesOf = (row: FunctionRow): Route[] =>
  row.triggers.filter((trigger) => trigger.kind === "route");

export function rowOf(name: string): FunctionRow {
  const row = manifest.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`functions/manifest.ts has no function "${name}"`);
  return row;
}
