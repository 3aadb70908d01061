import type { Scope } from "../layers/storage/registry/port.ts";

// What a row of functions/manifest.ts says.

/**
 * A port or setting that a function needs: decides its grants, its environment and what it is handed.
 * `spool` is where messages wait for a broker, and `spooled` the right to take them out again; `sealed` is where the
 * audit's heads cannot be changed, and `seal` the right to add one; `mail` is a sender's address, `internet` the way
 * to other companies' servers; `sockets` is the right to send to WebSocket connections and to close them; `paging` is whom alarms are told, and
 * needs no network of ours; `pointSize` is what the store of measurements takes of one point, and is asked nothing.
 */
export type Need =
  | "broker"
  | "measurements"
  | "pointSize"
  | "registry"
  | "logs"
  | "spool"
  | "spooled"
  | "sealed"
  | "seal"
  | "mail"
  | "internet"
  | "sockets"
  | "paging";

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
  /**
   * How long a batch that is not full may wait for more: for consumers that nobody waits for, and whose every batch
   * costs a commit. Whole seconds, 0 to 300. @default no longer than it must
   */
  windowSeconds?: number;
}

export interface ScheduleTrigger {
  kind: "schedule";
  everySeconds: number;
}

/** Run once per deploy, and at each start of the local runtime. */
export interface DeployTrigger {
  kind: "deploy";
}

/** The WebSocket API's events: one function for all its routes. */
export interface SocketTrigger {
  kind: "socket";
  routes: readonly SocketRoute[];
}

export const socketRoutes = ["connect", "disconnect", "default"] as const;
export type SocketRoute = (typeof socketRoutes)[number];

/** What CloudWatch's alarms say, by SNS. Nothing on one machine: there are no such alarms. */
export interface SnsTrigger {
  kind: "sns";
  topic: "alarms";
}

export type Trigger = Route | QueueTrigger | ScheduleTrigger | DeployTrigger | SocketTrigger | SnsTrigger;

export interface FunctionRow {
  /** Also its folder, and the last part of its name on AWS. */
  name: string;
  summary: string;
  triggers: readonly Trigger[];
  needs: readonly Need[];
  memoryMb: number;
  timeoutSeconds: number;
  /** Its answers are sent while they are made: they may take 15 minutes instead of 29 seconds. @default false */
  streams?: boolean;
}

export const get = (path: string, scope: Route["scope"], operation: string): Route => ({
  kind: "route",
  method: "GET",
  path,
  scope,
  operation,
});
export const post = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "POST",
});
export const put = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "PUT",
});
export const remove = (path: string, scope: Route["scope"], operation: string): Route => ({
  ...get(path, scope, operation),
  method: "DELETE",
});

export const routesOf = (row: FunctionRow): Route[] =>
  row.triggers.filter((trigger) => trigger.kind === "route");
