import { describe, expect, it } from "vitest";
import { physicalName, queueArguments } from "./queue-arguments.ts";
import { type Queue, topology } from "./topology.ts";

const { queues, exchanges } = topology();
const ofKind = (kind: Queue["kind"]) => queues.filter((queue) => queue.kind === kind);
const durable = queues.filter(({ kind }) => kind !== "stream");

/** What a quorum queue may be declared with, on RabbitMQ 3.10 as on 4.2 ("Quorum Queues", RabbitMQ docs). */
const quorumArguments = [
  "x-queue-type",
  "x-overflow",
  "x-delivery-limit",
  "x-message-ttl",
  "x-dead-letter-exchange",
  "x-dead-letter-routing-key",
  "x-dead-letter-strategy",
];

describe("what a queue is declared with", () => {
  it("is a quorum queue's arguments wherever a message must not be lost", () => {
    for (const queue of durable) expect(queueArguments(queue)["x-queue-type"]).toBe("quorum");
  });

  it("holds nothing that a quorum queue refuses, and nothing that nobody knows", () => {
    for (const queue of durable) {
      for (const name of Object.keys(queueArguments(queue))) expect(quorumArguments).toContain(name);
    }
  });

  it("limits the length of no queue but the stream, so that no full queue refuses for the others", () => {
    for (const queue of durable) {
      expect(queueArguments(queue)).not.toHaveProperty("x-max-length");
      expect(queueArguments(queue)).not.toHaveProperty("x-max-length-bytes");
    }
  });

  it("never pairs at-least-once dead-lettering with drop-head, which would undo it", () => {
    const dead = durable.map(queueArguments).filter((given) => given["x-dead-letter-exchange"]);
    expect(dead.length).toBe(ofKind("work").length + ofKind("rung").length);
    for (const given of dead) {
      expect(given).toMatchObject({
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      });
    }
  });

  it("names only exchanges of the table", () => {
    const names = exchanges.map(({ name }) => name as string);
    for (const queue of durable) {
      const target = queueArguments(queue)["x-dead-letter-exchange"];
      if (target !== undefined) expect(names).toContain(target);
    }
  });

  it("gives a work queue a thousand deliveries, so that an outage empties nothing into the dead letters", () => {
    for (const queue of ofKind("work")) expect(queueArguments(queue)["x-delivery-limit"]).toBe(1_000);
  });

  it("sends what a work queue gives up to the dead letters, under the queue's name", () => {
    for (const queue of ofKind("work")) {
      expect(queueArguments(queue)).toMatchObject({
        "x-dead-letter-exchange": "dead.letters",
        "x-dead-letter-routing-key": queue.name,
      });
    }
  });

  it("makes a rung hold its messages for its delay, then return them under their own key", () => {
    for (const queue of ofKind("rung")) {
      const given = queueArguments(queue);
      expect(given).toMatchObject({
        "x-message-ttl": queue.delayMs,
        "x-dead-letter-exchange": "retry.return",
        "x-delivery-limit": 1_000_000,
      });
      expect(given).not.toHaveProperty("x-dead-letter-routing-key");
    }
  });

  it("keeps dead letters without an end", () => {
    for (const queue of ofKind("dead")) {
      expect(queueArguments(queue)).toEqual({
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 1_000_000,
      });
    }
  });

  it("lets the stream forget", () => {
    for (const queue of ofKind("stream")) {
      expect(queueArguments(queue)).toEqual({
        "x-queue-type": "classic",
        "x-max-length": 1_000,
        "x-overflow": "drop-head",
        "x-message-ttl": 10_000,
      });
    }
  });
});

describe("a queue's name on the broker", () => {
  it("is its own until its arguments change, since RabbitMQ refuses to change them in place", () => {
    expect(physicalName({ name: "audit.trail", version: 1 })).toBe("audit.trail");
    expect(physicalName({ name: "audit.trail", version: 2 })).toBe("audit.trail.v2");
  });

  it("is no other queue's", () => {
    expect(new Set(queues.map(physicalName)).size).toBe(queues.length);
  });
});
