import type { Operations } from "../../api/operations.ts";

export type Bus = Operations["describeBus"]["answer"];
export type Queue = Bus["queues"][number];

export type NodeKind = "exchange" | "queue" | "consumer";

export interface Node {
  /** Of its kind and name: an exchange and a queue may have the same. */
  key: string;
  kind: NodeKind;
  name: string;
  x: number;
  y: number;
  /** Of a queue. */
  queue?: Queue;
}

export interface Edge {
  key: string;
  from: Node;
  to: Node;
  /** What leads along it: the bindings' keys. */
  labels: readonly string[];
}

export interface Layout {
  nodes: readonly Node[];
  edges: readonly Edge[];
  width: number;
  height: number;
}

export const NODE = { width: 220, height: 38, gap: 6 } as const;
const COLUMN = 400;
const STEP = NODE.height + NODE.gap;

/** Exchanges at the left, queues in the middle, who consumes them at the right; as few lines cross as may be. */
export function layoutOf(bus: Bus): Layout {
  const routes = routesOf(bus);
  const rank = new Map(bus.exchanges.map(({ name }, i) => [name, i]));
  const queues = sortedBy(bus.queues, ({ name, kind }) =>
    kind === "rung" || kind === "dead"
      ? 1_000 + (kind === "dead" ? 1 : 0)
      : meanOf(routes.filter(({ queue }) => queue === name).map(({ exchange }) => rank.get(exchange) ?? 0)),
  );
  const placeOfQueue = new Map(queues.map(({ name }, i) => [name, i]));
  const exchanges = sortedBy(
    bus.exchanges.filter(({ name }) => routes.some(({ exchange }) => exchange === name)),
    ({ name }) =>
      meanOf(
        routes.filter(({ exchange }) => exchange === name).map(({ queue }) => placeOfQueue.get(queue) ?? 0),
      ),
  );
  const consumers = [...new Set(queues.flatMap(({ consumer }) => consumer ?? []))];
  const height = Math.max(queues.length, exchanges.length, consumers.length) * STEP - NODE.gap;
  const queueNodes = column(
    queues.map((queue) => ({ kind: "queue" as const, name: queue.name, queue })),
    1,
    height,
  );
  const atOf = (name: string): number => queueNodes.find((node) => node.name === name)?.y ?? 0;
  const exchangeNodes = nearTo(
    exchanges.map(({ name }) => ({
      kind: "exchange" as const,
      name,
      near: routes.filter(({ exchange }) => exchange === name).map(({ queue }) => atOf(queue)),
    })),
    0,
    height,
  );
  const consumerNodes = nearTo(
    consumers.map((name) => ({
      kind: "consumer" as const,
      name,
      near: queues.filter(({ consumer }) => consumer === name).map((queue) => atOf(queue.name)),
    })),
    2,
    height,
  );
  const nodes = [...exchangeNodes, ...queueNodes, ...consumerNodes];
  return { nodes, edges: edgesOf(bus, routes, nodes), width: 2 * COLUMN + NODE.width, height };
}

interface Route {
  exchange: string;
  queue: string;
  keys: string[];
}

/** The bindings of an exchange to a queue are one line. What returns to its queue is left out: it leads to all. */
export function routesOf({ bindings, queues }: Pick<Bus, "bindings" | "queues">): Route[] {
  const known = new Set(queues.map(({ name }) => name));
  const routes = new Map<string, Route>();
  for (const { exchange, queue, key } of bindings) {
    if (exchange === RETURN_EXCHANGE || !known.has(queue)) continue;
    const name = `${exchange} ${queue}`;
    const route = routes.get(name) ?? { exchange, queue, keys: [] };
    route.keys.push(key);
    routes.set(name, route);
  }
  return [...routes.values()];
}

export const RETURN_EXCHANGE = "retry.return";

function edgesOf({ queues }: Bus, routes: readonly Route[], nodes: readonly Node[]): Edge[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const edge = (from: string, to: string, labels: readonly string[]): Edge[] => {
    const [a, b] = [byKey.get(from), byKey.get(to)];
    return a && b ? [{ key: `${from} ${to}`, from: a, to: b, labels }] : [];
  };
  return [
    ...routes.flatMap(({ exchange, queue, keys }) => edge(`exchange ${exchange}`, `queue ${queue}`, keys)),
    ...queues.flatMap(({ name, consumer }) =>
      consumer === null ? [] : edge(`queue ${name}`, `consumer ${consumer}`, []),
    ),
  ];
}

interface Placed {
  kind: NodeKind;
  name: string;
  queue?: Queue;
}

/** One below the other. */
function column(rows: readonly Placed[], place: number, height: number): Node[] {
  const spare = Math.max(0, height - (rows.length * STEP - NODE.gap));
  return rows.map((row, i) => ({
    ...row,
    key: `${row.kind} ${row.name}`,
    x: place * COLUMN,
    y: spare / 2 + i * STEP,
  }));
}

/** Each as near as may be to what it is tied to, none upon another. */
function nearTo(
  rows: readonly (Placed & { near: readonly number[] })[],
  place: number,
  height: number,
): Node[] {
  const sorted = sortedBy(rows, ({ near }) => meanOf(near));
  const ys = sorted.map(({ near }) => meanOf(near));
  for (let i = 1; i < ys.length; i++) ys[i] = Math.max(ys[i] ?? 0, (ys[i - 1] ?? 0) + STEP);
  let floor = height - NODE.height;
  for (let i = ys.length - 1; i >= 0; i--) {
    ys[i] = Math.min(ys[i] ?? 0, floor);
    floor = (ys[i] ?? 0) - STEP;
  }
  return sorted.map(({ near: _, ...row }, i) => ({
    ...row,
    key: `${row.kind} ${row.name}`,
    x: place * COLUMN,
    y: ys[i] ?? 0,
  }));
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const sortedBy = <Row>(rows: readonly Row[], by: (row: Row) => number): Row[] =>
  rows.toSorted((a, b) => by(a) - by(b));

/** All that lies on a way through this node: what leads to it, and where it leads. */
export function pathThrough(key: string, edges: readonly Edge[]): ReadonlySet<string> {
  const on = new Set([key]);
  const follow = (start: string, next: (edge: Edge) => [near: string, far: string]) => {
    const waiting = [start];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const edge of edges) {
        const [near, far] = next(edge);
        if (near !== at) continue;
        on.add(edge.key);
        if (on.has(far)) continue;
        on.add(far);
        waiting.push(far);
      }
    }
  };
  follow(key, ({ from, to }) => [from.key, to.key]);
  follow(key, ({ from, to }) => [to.key, from.key]);
  return on;
}
