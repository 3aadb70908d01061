import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchangeOf, payloads } from "../core/payloads.ts";
import { faultInPartitions, faultsInTopology } from "./soundness.ts";
import { rungs, STREAM_QUEUE, type Topology, topology } from "./topology.ts";

/** RabbitMQ's topic matching, written anew: `*` is exactly one word, `#` is any number of words. */
function matches(pattern: readonly string[], words: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return words.length === 0;
  if (head === "#") return matches(rest, words) || (words.length > 0 && matches(pattern, words.slice(1)));
  return words.length > 0 && (head === "*" || head === words[0]) && matches(rest, words.slice(1));
}

/** The queues that a message reaches, by the kind of its exchange. */
function route(table: Topology, exchange: string, key: string): string[] {
  const kind = table.exchanges.find(({ name }) => name === exchange)?.type;
  const reached = table.bindings.filter((binding) => {
    if (binding.exchange !== exchange) return false;
    if (kind === "fanout") return true;
    return kind === "topic" ? matches(binding.key.split("."), key.split(".")) : binding.key === key;
  });
  return [...new Set(reached.map(({ queue }) => queue))].sort();
}

const queuesOf = (type: string, table = topology()) => route(table, exchangeOf(type), type);

const twoDigits = (partition: number) => String(partition).padStart(2, "0");
const sixteen = Array.from({ length: 16 }, (_, partition) => partition);
/** Every number of partitions there may be. */
const counts = sixteen.map((partition) => partition + 1);

describe("the topic matcher of this test", () => {
  it.each([
    ["#", "api.error", true],
    ["*", "api.error", false],
    ["*", "error", true],
    ["model.*", "model.registered", true],
    ["model.*", "model.version.registered", false],
    ["model.#", "model.version.registered", true],
    ["model.#", "model", true],
    ["#.deleted", "device.deleted", true],
    ["*.*.created", "order.line.created", true],
    ["api.latency", "api.latency", true],
    ["api.latency", "api.latencies", false],
  ])("takes %s for %s: %s", (pattern, key, expected) => {
    expect(matches(pattern.split("."), key.split("."))).toBe(expected);
  });
});

describe("exchanges", () => {
  it("are three topic exchanges for models, metrics and errors", () => {
    const { exchanges } = topology();
    for (const name of ["models.events", "metrics.events", "errors.events"]) {
      expect(exchanges).toContainEqual({ name, type: "topic" });
    }
  });

  it("are one more for any domain's events, beside those of the models [EVT-01]", () => {
    expect(topology().exchanges).toContainEqual({ name: "domain.events", type: "topic" });
    expect(exchangeOf("order.line.created")).toBe("domain.events");
  });
});

describe("queues", () => {
  it.each([
    ["metrics.updates", "work", "count-usage"],
    ["analytics.events", "work", "archive-events"],
    ["logging.errors", "work", "index-logs"],
    ["audit.trail", "work", "append-audit"],
    ["alerts.critical", "work", "notify"],
    ["dlq.dead_letters", "dead", "record-dead-letters"],
  ])("have %s among them, a queue for %s of %s [BUS-02]", (name, kind, consumer) => {
    expect(topology().queues).toContainEqual(expect.objectContaining({ name, kind, consumer }));
  });

  it("for dead letters are there from the first day on", () => {
    expect(topology().queues).toContainEqual(
      expect.objectContaining({ name: "dlq.dead_letters", enabled: true }),
    );
  });

  it("number as many per family as there are partitions", () => {
    for (const count of counts) {
      const names = topology({ partitions: count }).queues.map(({ name }) => name);
      for (const family of ["telemetry.points", "telemetry.rules"]) {
        expect(names.filter((name) => name.startsWith(`${family}.`))).toEqual(
          Array.from({ length: count }, (_, index) => `${family}.${index}`),
        );
      }
    }
  });
});

describe("routing", () => {
  it.each([
    ["model.registered", ["analytics.events", "audit.trail", "metrics.updates"]],
    ["model.updated", ["analytics.events", "audit.trail", "metrics.updates"]],
    ["model.deactivated", ["analytics.events", "audit.trail", "metrics.updates"]],
    ["model.queried", ["analytics.events", "audit.trail", "metrics.updates"]],
    ["model.version.published", ["analytics.events", "audit.trail", "metrics.updates"]],
    ["filter.executed", ["analytics.events", "metrics.updates"]],
    ["filter.saved", ["analytics.events"]],
    ["api.latency", ["analytics.events", "metrics.updates"]],
    ["api.error", ["alerts.critical", "analytics.events", "logging.errors", "metrics.updates"]],
    ["alert.triggered", ["alerts.critical", "analytics.events", "logging.errors"]],
    ["edge.disk.full", ["alerts.critical", "analytics.events", "logging.errors"]],
    ["metric.defined", ["analytics.events"]],
    ["log.entry", ["logs.entries"]],
    ["order.line.created", ["analytics.events"]],
    ["device.deleted", ["analytics.events", "registry.changes"]],
    ["device.firmware.updated", ["analytics.events", "registry.changes"]],
    ["user.deleted", ["analytics.events", "registry.changes"]],
    ["user.created", ["analytics.events"]],
  ])("takes %s to %j [BUS-02]", (type, queues) => {
    expect(queuesOf(type)).toEqual(queues);
  });

  it("takes every type of models, filters and the API in the payload table to the counters of usage", () => {
    const counted = payloads.filter(({ type }) => /^(model|filter|api)\./.test(type));
    for (const { type } of counted) expect(queuesOf(type)).toContain("metrics.updates");
  });

  it("takes every model event to the audit trail, and no other", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        expect(queuesOf(`model.${words.join(".")}`)).toContain("audit.trail");
        expect(queuesOf(words.join(".")).includes("audit.trail")).toBe(words[0] === "model");
      }),
    );
  });

  it("takes measurements to those who record them first, so that none is confirmed for others alone", () => {
    const takers = topology().bindings.filter(({ key }) => key === "telemetry.data.received.07");
    expect(takers.map(({ queue }) => queue)).toEqual([
      "telemetry.points.3",
      "telemetry.rules.3",
      STREAM_QUEUE,
    ]);
  });

  it("loses no type on the way: some queue takes whatever may be published", () => {
    const known = ["model", "filter", "metric", "api", "alert", "edge", "log", "device", "user", "order"];
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,8}){0,2}$/),
        (first, rest) => {
          expect(queuesOf(`${first}.${rest}`)).not.toEqual([]);
        },
      ),
    );
  });
});

describe("partitions", () => {
  const measurements = (key: string, count: number) =>
    route(topology({ partitions: count }), "metrics.events", `telemetry.data.received${key}`);

  const inFamily = (queues: readonly string[], family: string) =>
    queues.filter((queue) => queue.startsWith(`${family}.`));

  it("cover each of the sixteen keys, and the bare one, exactly once, however many there are", () => {
    for (const count of counts) {
      for (const key of ["", ...sixteen.map((partition) => `.${twoDigits(partition)}`)]) {
        const reached = measurements(key, count);
        expect(inFamily(reached, "telemetry.points")).toHaveLength(1);
        expect(inFamily(reached, "telemetry.rules")).toHaveLength(1);
        expect(reached).toContain("telemetry.stream");
        expect(reached).toHaveLength(3);
      }
    }
  });

  it("send the bare key where partition 0 goes", () => {
    for (const count of counts) expect(measurements("", count)).toEqual(measurements(".00", count));
  });

  it("share the keys out evenly", () => {
    for (const count of counts) {
      const loads = new Map<string, number>();
      for (const partition of sixteen) {
        const [queue = ""] = inFamily(measurements(`.${twoDigits(partition)}`, count), "telemetry.points");
        loads.set(queue, (loads.get(queue) ?? 0) + 1);
      }
      expect(loads.size).toBe(count);
      expect(Math.max(...loads.values()) - Math.min(...loads.values())).toBeLessThanOrEqual(1);
    }
  });

  it("may be 1 to 16", () => {
    for (const count of [1, 4, 16]) expect(faultInPartitions(count)).toBeUndefined();
    for (const count of [0, 17, -1, 1.5, Number.NaN]) {
      expect(faultInPartitions(count)).toBe(`expected 1 to 16 partitions, got ${count}`);
    }
  });
});

describe("the retry ladder", () => {
  it("has rungs of 1 s, 5 s and 30 s", () => {
    expect(rungs.map(({ delayMs }) => delayMs)).toEqual([1_000, 5_000, 30_000]);
    const { queues } = topology();
    expect(queues.filter(({ kind }) => kind === "rung").map(({ delayMs }) => delayMs)).toEqual([
      1_000, 5_000, 30_000,
    ]);
  });

  it("holds on each rung what is sent there, whatever the queue it failed in", () => {
    for (const { exchange } of rungs) expect(route(topology(), exchange, "audit.trail")).toEqual([exchange]);
  });

  it("leads back to the queue that a message failed in, and to no other", () => {
    const table = topology({ partitions: 16 });
    const returning = table.queues.filter(({ kind }) => kind === "work" || kind === "stream");
    for (const { name } of returning) expect(route(table, "retry.return", name)).toEqual([name]);
  });

  it("leads back into the family when a retry outlives a change of the number of partitions", () => {
    for (const count of counts) {
      for (const index of sixteen) {
        expect(route(topology({ partitions: count }), "retry.return", `telemetry.points.${index}`)).toEqual([
          `telemetry.points.${index % count}`,
        ]);
      }
    }
  });

  it("ends in the dead letters for a queue that is gone", () => {
    const table = topology();
    const { alternate = "" } = table.exchanges.find(({ name }) => name === "retry.return") ?? {};
    expect(route(table, "retry.return", "gone")).toEqual([]);
    expect(route(table, alternate, "gone")).toEqual(["dlq.dead_letters"]);
  });
});

describe("the table", () => {
  it("is sound, however many partitions there are", () => {
    for (const count of counts) expect(faultsInTopology(topology({ partitions: count }))).toEqual([]);
  });
});
