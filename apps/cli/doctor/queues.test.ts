import { describe, expect, it } from "vitest";
import { physicalName } from "../../../layers/topology/queue-arguments.ts";
import { topology } from "../../../layers/topology/topology.ts";
import type { DetailedHealth } from "../answers.ts";
import { checkDeadLetters, checkQueues } from "./queues.ts";

type Depth = DetailedHealth["queues"][number];

function healthWith(change: (depth: Depth) => Depth[] = (depth) => [depth], partitions = 4): DetailedHealth {
  const queues = topology({ partitions })
    .queues.filter(({ enabled }) => enabled)
    .map((queue) => ({ queue: physicalName(queue), ready: 0, consumers: queue.consumer ? 1 : 0 }));
  return {
    ...{ status: "healthy", version: "1", components: {}, queues: queues.flatMap(change) },
    performance: { event_processing_p95_ms: null },
  };
}

describe("checkQueues", () => {
  it.each([1, 4, 16])("is content with every queue consumed, over %i partitions [BUS-21]", (partitions) => {
    expect(checkQueues(healthWith(undefined, partitions))).toContain(
      "metrics.updates (0 ready, 1 consumers)",
    );
  });

  it("names a queue that is not there", () => {
    const health = healthWith((depth) => (depth.queue === "metrics.updates" ? [] : [depth]));
    expect(() => checkQueues(health)).toThrow("not on the broker: metrics.updates");
  });

  it("names a queue that nobody consumes", () => {
    const health = healthWith((depth) => [
      depth.queue === "telemetry.points.3" ? { ...depth, consumers: 0 } : depth,
    ]);
    expect(() => checkQueues(health)).toThrow("nobody consumes telemetry.points.3 (0 ready, 0 consumers)");
  });
});

describe("checkDeadLetters", () => {
  it("says how many are dead, recorded or not yet", () => {
    const health = healthWith((depth) => [
      depth.queue === "dlq.dead_letters" ? { ...depth, ready: 3 } : depth,
    ]);
    expect(() => checkDeadLetters(health)).toThrow("3 events failed for good");
    expect(() => checkDeadLetters({ ...health, dead_letters: 2 })).toThrow("5 events failed for good");
    expect(checkDeadLetters(healthWith())).toBe("none");
  });
});
