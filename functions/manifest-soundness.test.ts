import { expect, it } from "vitest";
import type { FunctionRow, Route, SocketRoute } from "./manifest-row.ts";
import { faultsInManifest } from "./manifest-soundness.ts";

const route = (path: string, changes: Partial<Route> = {}): Route => ({
  kind: "route",
  method: "GET",
  path,
  scope: "read",
  operation: path,
  ...changes,
});

const row = (changes: Partial<FunctionRow> = {}): FunctionRow => ({
  name: "list-orders",
  summary: "Lists orders",
  triggers: [route("/orders")],
  needs: ["registry"],
  memoryMb: 512,
  timeoutSeconds: 29,
  ...changes,
});

const worker = (changes: Partial<FunctionRow> = {}): FunctionRow =>
  row({
    name: "count-orders",
    triggers: [{ kind: "queue", queue: "orders", batchSize: 10 }],
    needs: ["broker"],
    timeoutSeconds: 900,
    ...changes,
  });

const socket = (...routes: SocketRoute[]): FunctionRow =>
  row({ name: "accept", triggers: [{ kind: "socket", routes }] });

it("takes rows that are right", () => {
  const open = row({
    name: "greet",
    triggers: [route("/", { scope: "open" }), route("/{word}", { scope: "open" })],
    needs: [],
  });
  const scheduled = worker({
    name: "sweep",
    triggers: [{ kind: "schedule", everySeconds: 60 }, { kind: "deploy" }],
  });
  const nested = row({ name: "show-order", triggers: [route("/orders/{order_id}/lines/{line_id}")] });
  const sockets = socket("connect", "disconnect", "default");
  expect(faultsInManifest([row(), worker(), open, scheduled, nested, sockets])).toEqual([]);
});

it.each<[string, FunctionRow[], string]>([
  [
    "a socket route that nobody takes",
    [socket("connect", "disconnect")],
    "no function takes the socket route $default",
  ],
  [
    "a socket route twice",
    [socket("connect", "disconnect", "default", "connect")],
    'function "accept": the socket route $connect is taken by function "accept"',
  ],
  [
    "sockets without the registry",
    [{ ...socket("connect", "disconnect", "default"), needs: [] }],
    'function "accept": takes the events of sockets, and the registry that keeps their tickets is not among its needs',
  ],
  [
    "a name twice",
    [row(), row({ triggers: [route("/others")] })],
    'function "list-orders": the name list-orders is taken by function "list-orders"',
  ],
  [
    "a route twice",
    [row(), row({ name: "other", triggers: [route("/orders", { operation: "b" })] })],
    'function "other": the route GET /orders is taken by function "list-orders"',
  ],
  [
    "an operation twice",
    [row(), row({ name: "other", triggers: [route("/others", { operation: "/orders" })] })],
    'function "other": the operation /orders is taken by function "list-orders"',
  ],
  [
    "two names for one parameter",
    [
      row({ triggers: [route("/orders/{order_id}")] }),
      row({ name: "other", triggers: [route("/orders/{id}/lines")] }),
    ],
    'function "other": path "/orders/{id}/lines" says {id} where "/orders/{order_id}" of function "list-orders" says {order_id}',
  ],
  [
    "a parameter twice in a path",
    [row({ triggers: [route("/a/{id}/b/{id}")] })],
    'function "list-orders": path "/a/{id}/b/{id}" names a parameter twice',
  ],
  [
    "a parameter that is not in snake case",
    [row({ triggers: [route("/orders/{orderId}")] })],
    'function "list-orders": path "/orders/{orderId}" has the segment "{orderId}": expected a word or {snake_case}',
  ],
  [
    "a parameter within a word",
    [row({ triggers: [route("/orders/by-{id}")] })],
    'function "list-orders": path "/orders/by-{id}" has the segment "by-{id}": expected a word or {snake_case}',
  ],
  [
    "a slash at the end",
    [row({ triggers: [route("/orders/")] })],
    'function "list-orders": path "/orders/" has the segment "": expected a word or {snake_case}',
  ],
  [
    "no slash at the beginning",
    [row({ triggers: [route("orders")] })],
    'function "list-orders": path "orders" does not begin with a slash',
  ],
  [
    "a name that is no folder's",
    [row({ name: "ListOrders" })],
    'function "ListOrders": expected a name of lower-case words between hyphens',
  ],
  ["no trigger", [row({ triggers: [] })], 'function "list-orders": nothing triggers it'],
  [
    "a need twice",
    [row({ needs: ["registry", "registry"] })],
    'function "list-orders": names a need twice: registry, registry',
  ],
  [
    "too little memory",
    [row({ memoryMb: 64 })],
    'function "list-orders": expected 128 to 10,240 MB of memory, got 64',
  ],
  [
    "a timeout beyond API Gateway's",
    [row({ timeoutSeconds: 30 })],
    'function "list-orders": expected a timeout of 1 to 29 s behind API Gateway, got 30',
  ],
  [
    "a timeout beyond Lambda's",
    [worker({ timeoutSeconds: 901 })],
    'function "count-orders": expected a timeout of 1 to 900 s, got 901',
  ],
  [
    "a route with a key and no registry",
    [row({ needs: [] })],
    'function "list-orders": the route GET /orders asks for a key, and the registry that keeps keys is not among its needs',
  ],
  [
    "a batch that is too large",
    [worker({ triggers: [{ kind: "queue", queue: "orders", batchSize: 10_001 }] })],
    'function "count-orders": expected batches of 1 to 10,000 messages from "orders", got 10001',
  ],
  [
    "a window that is too long",
    [worker({ triggers: [{ kind: "queue", queue: "orders", batchSize: 10, windowSeconds: 301 }] })],
    'function "count-orders": expected a window of 0 to 300 whole seconds for "orders", got 301',
  ],
  [
    "a consumer without a broker",
    [worker({ needs: [] })],
    'function "count-orders": consumes "orders", and the broker that takes its retries is not among its needs',
  ],
  [
    "telling of alarms by what can be away itself",
    [row({ name: "page", triggers: [{ kind: "sns", topic: "alarms" }], needs: ["paging", "registry"] })],
    'function "page": tells of alarms, and must need nothing that can be away itself: expected the need of paging alone',
  ],
  [
    "a schedule of half a minute",
    [worker({ triggers: [{ kind: "schedule", everySeconds: 30 }] })],
    'function "count-orders": expected whole minutes, got every 30 s',
  ],
])("tells %s in a sentence", (_, rows, sentence) => {
  expect(faultsInManifest(rows)).toEqual([sentence]);
});
