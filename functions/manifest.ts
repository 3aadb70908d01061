import type { Scope } from "../layers/storage/registry/port.ts";

// THE table of functions. CDK deploys it, the local runtime runs it, OpenAPI describes its routes, and the drift
// tests hold it against the template. To add an endpoint is to add a route here and its operation to the
// function's schema.ts; to add a queue is a trigger here and a row in layers/topology.

/**
 * A port or setting that a function needs: decides its grants, its environment and what it is handed.
 * `spool` is where messages wait for a broker, and `spooled` the right to take them out again; `sealed` is where the
 * audit's heads cannot be changed, and `seal` the right to add one; `mail` is a sender's address, `internet` the way
 * to other companies' servers.
 */
export type Need =
  | "broker"
  | "measurements"
  | "registry"
  | "logs"
  | "spool"
  | "spooled"
  | "sealed"
  | "seal"
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
const put = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "PUT",
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
      post("/v1/metrics", "ingest", "exportMetrics"),
    ],
    needs: ["broker", "registry", "spool"],
    memoryMb: 1_024,
    timeoutSeconds: 29,
  },
  {
    name: "ingest-events",
    summary: "Takes CloudEvents from applications",
    triggers: [post("/api/v1/events", "ingest", "ingestEvents")],
    needs: ["broker", "registry", "spool"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "ingest-logs",
    summary: "Takes log entries, plain and from OpenTelemetry",
    triggers: [post("/api/v1/logs", "ingest", "ingestLogs"), post("/v1/logs", "ingest", "exportLogs")],
    needs: ["broker", "registry", "spool"],
    memoryMb: 1_024,
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
    name: "query-logs",
    summary: "Searches log entries",
    triggers: [get("/api/v1/logs", "read", "searchLogs")],
    needs: ["logs", "registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "query-events",
    summary: "Searches the archive of events, and walks from causes to effects",
    triggers: [
      get("/api/v1/events", "read", "searchEvents"),
      get("/api/v1/events/{event_id}", "read", "showEvent"),
      get("/api/v1/events/{event_id}/chain", "read", "showChain"),
    ],
    needs: ["logs", "registry"],
    memoryMb: 512,
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
    needs: ["broker", "measurements", "registry", "spool"],
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  {
    name: "describe-api",
    summary: "Serves the OpenAPI and AsyncAPI documents and a page to read the former",
    triggers: [
      get("/openapi.json", "open", "openApi"),
      get("/asyncapi.json", "open", "asyncApi"),
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
    name: "archive-events",
    summary: "Keeps every event of the bus but the measurements",
    triggers: [{ kind: "queue", queue: "analytics.events", batchSize: 500 }],
    needs: ["broker", "logs"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "index-logs",
    summary: "Makes log entries, errors and alerts searchable",
    triggers: [
      { kind: "queue", queue: "logs.entries", batchSize: 20 },
      { kind: "queue", queue: "logging.errors", batchSize: 500 },
    ],
    needs: ["broker", "logs", "registry"],
    memoryMb: 1_024,
    timeoutSeconds: 120,
  },
  {
    name: "record-dead-letters",
    summary: "Keeps what failed for good, with where and why it failed",
    triggers: [{ kind: "queue", queue: "dlq.dead_letters", batchSize: 50 }],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "manage-dead-letters",
    summary: "Lists, shows, replays and discards what failed for good",
    triggers: [
      get("/api/v1/dead-letters", "read", "listDeadLetters"),
      post("/api/v1/dead-letters/replay", "operate", "replayDeadLetters"),
      get("/api/v1/dead-letters/{dead_letter_id}", "read", "showDeadLetter"),
      remove("/api/v1/dead-letters/{dead_letter_id}", "operate", "discardDeadLetter"),
    ],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "append-audit",
    summary: "Adds every event of a model to the audit",
    triggers: [{ kind: "queue", queue: "audit.trail", batchSize: 500 }],
    needs: ["broker", "registry"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "read-audit",
    summary: "Shows the audit and its sealed heads",
    triggers: [
      get("/api/v1/audit", "read", "listAudit"),
      get("/api/v1/audit/heads", "read", "listAuditHeads"),
    ],
    needs: ["registry", "sealed"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "seal-audit",
    summary: "Seals the head of the audit where nobody can change it",
    triggers: [{ kind: "schedule", everySeconds: 3_600 }],
    needs: ["registry", "seal"],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  {
    name: "manage-channels",
    summary: "Keeps the channels that notifications go to, and says what became of them",
    triggers: [
      get("/api/v1/channels", "admin", "listChannels"),
      post("/api/v1/channels", "admin", "createChannel"),
      put("/api/v1/channels/{name}", "admin", "replaceChannel"),
      remove("/api/v1/channels/{name}", "admin", "removeChannel"),
      post("/api/v1/channels/{name}/test", "operate", "testChannel"),
      get("/api/v1/channels/{name}/deliveries", "operate", "listDeliveries"),
    ],
    needs: ["registry", "internet", "mail"],
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  {
    name: "notify",
    summary: "Tells Slack, PagerDuty, mail and webhooks of errors and alerts",
    triggers: [{ kind: "queue", queue: "alerts.critical", batchSize: 100 }],
    needs: ["broker", "registry", "internet", "mail"],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  {
    name: "deliver-notifications",
    summary: "Sums up groups of errors and tries again what could not be delivered",
    triggers: [{ kind: "schedule", everySeconds: 60 }],
    needs: ["registry", "internet", "mail"],
    memoryMb: 512,
    timeoutSeconds: 60,
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
    name: "drain-spool",
    summary: "Publishes what was accepted while the broker was away",
    triggers: [{ kind: "schedule", everySeconds: 60 }],
    needs: ["broker", "spooled"],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  {
    name: "maintain-storage",
    summary: "Makes partitions for the days to come and drops what has expired",
    triggers: [{ kind: "schedule", everySeconds: 3_600 }],
    needs: ["logs", "measurements", "registry"],
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
    needs: ["logs", "measurements", "registry"],
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
