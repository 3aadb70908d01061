import { describe, expect, it } from "vitest";
import { faultsBetween, faultsInTopology } from "./soundness.ts";
import { type Binding, type Exchange, type Queue, type Topology, topology } from "./topology.ts";

const sound = topology();

const work = (changes: Partial<Queue> = {}): Queue => ({
  name: "orders.updates",
  kind: "work",
  consumer: "count-orders",
  enabled: true,
  version: 1,
  ...changes,
});

const bindings: Binding[] = [
  { exchange: "domain.events", queue: "orders.updates", key: "order.#" },
  { exchange: "retry.return", queue: "orders.updates", key: "orders.updates" },
];

/** The sound table, and a row more. */
const withQueue = (queue: Queue, more: readonly Binding[] = bindings): Topology => ({
  ...sound,
  queues: [...sound.queues, queue],
  bindings: [...sound.bindings, ...more],
});

const withBinding = (binding: { exchange: string; queue: string; key: string }): Topology => ({
  ...sound,
  bindings: [...sound.bindings, binding as Binding],
});

const withExchange = (exchange: { name: string; type: "topic"; alternate?: string }): Topology => ({
  ...sound,
  exchanges: [...sound.exchanges, exchange as Exchange],
});

describe("a mistake in the topology is told in a sentence", () => {
  it("takes a row that is right", () => {
    expect(faultsInTopology(withQueue(work()))).toEqual([]);
  });

  it.each<[string, Topology, string]>([
    [
      "a binding of an unknown exchange",
      withBinding({ exchange: "orders.events", queue: "audit.trail", key: "#" }),
      'binding "orders.events" —#→ "audit.trail": unknown exchange "orders.events"',
    ],
    [
      "a binding to an unknown queue",
      withBinding({ exchange: "models.events", queue: "audit.trial", key: "model.#" }),
      'binding "models.events" —model.#→ "audit.trial": unknown queue "audit.trial"',
    ],
    [
      "a binding without a key",
      withBinding({ exchange: "retry.1s", queue: "nowhere", key: "" }),
      'binding "retry.1s" —·→ "nowhere": unknown queue "nowhere"',
    ],
    [
      "a binding twice",
      withBinding({ exchange: "models.events", queue: "audit.trail", key: "model.#" }),
      'binding "models.events" —model.#→ "audit.trail": twice',
    ],
    ["a queue twice", withQueue({ ...work(), name: "audit.trail" }, []), 'queue "audit.trail": twice'],
    [
      "a queue that no event reaches, though retries would",
      withQueue(work(), bindings.slice(1)),
      'queue "orders.updates": no exchange is bound to it',
    ],
    [
      "a queue that no retry reaches",
      withQueue(work(), bindings.slice(0, 1)),
      'queue "orders.updates": no way back to it from "retry.return"',
    ],
    [
      "a queue without a consumer",
      withQueue(work({ consumer: undefined })),
      'queue "orders.updates": no function consumes it',
    ],
    [
      "a work queue with a delay",
      withQueue(work({ delayMs: 5 })),
      'queue "orders.updates": a rung, and only a rung, has a delay',
    ],
    [
      "a rung without a delay",
      withQueue(work({ kind: "rung", consumer: undefined })),
      'queue "orders.updates": a rung, and only a rung, has a delay',
    ],
    [
      "an exchange twice",
      withExchange({ name: "models.events", type: "topic" }),
      'exchange "models.events": twice',
    ],
    [
      "an exchange with an unknown alternate",
      withExchange({ name: "orders.events", type: "topic", alternate: "dead.leters" }),
      'exchange "orders.events": unknown alternate exchange "dead.leters"',
    ],
  ])("of %s", (_, table, sentence) => {
    expect(faultsInTopology(table)).toEqual([sentence]);
  });

  it("of a payload whose exchange is missing", () => {
    const exchanges = sound.exchanges.filter(({ name }) => name !== "models.events");
    expect(faultsInTopology({ ...sound, exchanges })).toContain(
      'payload "model.registered": unknown exchange "models.events"',
    );
  });
});

describe("a mistake between the topology and the manifest is told in a sentence", () => {
  const table = (queue: Queue): Topology => ({ exchanges: [], queues: [queue], bindings: [] });
  const consumes = (name: string, queue = "orders.updates") => ({ function: name, queue });

  it("finds nothing where both say the same", () => {
    expect(faultsBetween(table(work()), [consumes("count-orders")])).toEqual([]);
    expect(faultsBetween(table(work({ enabled: false })), [])).toEqual([]);
  });

  it.each<[string, Topology, ReturnType<typeof consumes>[], string]>([
    [
      "a queue whose consumer does not consume it",
      table(work()),
      [],
      'queue "orders.updates" names the consumer "count-orders", whose row in the manifest does not consume it',
    ],
    [
      "a function that consumes an unknown queue",
      table(work()),
      [consumes("count-orders"), consumes("count-orders", "order.updates")],
      'function "count-orders" consumes the unknown queue "order.updates"',
    ],
    [
      "a function that consumes a queue which is not enabled",
      table(work({ enabled: false })),
      [consumes("count-orders")],
      'function "count-orders" consumes the queue "orders.updates", which is not enabled',
    ],
    [
      "a second function on a queue",
      table(work()),
      [consumes("count-orders"), consumes("audit-orders")],
      'function "audit-orders" consumes the queue "orders.updates", whose consumer is "count-orders"',
    ],
    [
      "a function that consumes a rung",
      table(work({ kind: "rung", consumer: undefined })),
      [consumes("count-orders")],
      'function "count-orders" consumes the queue "orders.updates", whose consumer is "nobody"',
    ],
  ])("of %s", (_, queues, consumed, sentence) => {
    expect(faultsBetween(queues, consumed)).toEqual([sentence]);
  });
});
