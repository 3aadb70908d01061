import { describe, expect, it } from "vitest";
import type { Delivery } from "../../layers/broker/delivery.ts";
import { nextStop } from "../../layers/broker/retry.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { microsOf, parseTime } from "../../layers/core/time.ts";
import { deadLetterOf, reducedLetter } from "./letter.ts";

const NOW = Date.UTC(2026, 6, 7, 12, 30);
const clock = { now: () => NOW };

const event = {
  ...{ specversion: "1.0", id: "e-1", source: "/shop", type: "model.registered" },
  ...{ time: "2026-07-07T12:00:00Z", correlation_id: "c-1" },
};

const deliveryOf = (given: Partial<Delivery> = {}): Delivery => ({
  queue: "metrics.updates",
  body: Buffer.from(JSON.stringify(event)),
  messageId: "e-1",
  headers: {},
  redelivered: false,
  ...given,
});

/** As it arrives once a consumer has given it up. */
function givenUp(error: Error, given: Partial<Delivery> = {}): Delivery {
  const { body, properties } = nextStop(deliveryOf(given), error, clock);
  const { messageId, correlationId, type, contentType, headers } = properties;
  return { ...deliveryOf({ body, messageId, correlationId, type, contentType, headers }), queue: "dlq" };
}

const recorded = (delivery: Delivery) => deadLetterOf(delivery, microsOf(NOW));

describe("a dead letter that a consumer gave up", () => {
  it("keeps event, queue, attempts and the error with its stack [BUS-11]", () => {
    const error = new PermanentError("no vendor", { code: "invalid_payload", cause: new Error("deeper") });
    const letter = recorded(givenUp(error, { headers: { own: "header", number: 7 } }));
    expect(letter).toMatchObject({
      ...{ queue: "metrics.updates", identity: "/shop e-1", diedAt: microsOf(NOW) },
      event: { type: "model.registered", source: "/shop", id: "e-1", correlationId: "c-1" },
      message: { messageId: "e-1", headers: { own: "header", number: 7 } },
      attempts: [{ at: "2026-07-07T12:30:00Z", error: "PermanentError", message: "no vendor" }],
      error: { type: "PermanentError", code: "invalid_payload", message: "no vendor" },
    });
    expect(letter.error.stack).toMatch(/letter\.test\.ts[\s\S]*Caused by: Error: deeper/);
    expect(letter.body.equals(deliveryOf().body)).toBe(true);
  });

  it("has one id for one message in one queue, and another for other content under the same event id", () => {
    const [boom, bang] = [new PermanentError("boom"), new PermanentError("bang")];
    const id = recorded(givenUp(boom)).id;
    expect(id).toMatch(/^dlt_[0-9a-f]{32}$/);
    expect(recorded(givenUp(bang)).id).toBe(id);
    expect(recorded(givenUp(boom, { queue: "audit.trail" })).id).not.toBe(id);
    const other = Buffer.from(JSON.stringify({ ...event, data: 1 }));
    expect(recorded(givenUp(boom, { body: other })).id).not.toBe(id);
  });

  it("reads of a body that is no event what it can, and tells two apart by message id and bytes", () => {
    const half = recorded(givenUp(new PermanentError("x"), { body: Buffer.from('{"type":"a.b","id":7}') }));
    expect(half).toMatchObject({
      identity: expect.stringMatching(/^sha256:/),
      event: { type: "a.b", id: "e-1" },
    });
    const garbage = (messageId: string) =>
      recorded(givenUp(new PermanentError("x"), { messageId, body: Buffer.from([0, 255, 1]), type: "a.c" }));
    expect(garbage("m").event).toEqual({ type: "a.c", id: "m" });
    expect(garbage("m").id).not.toBe(garbage("n").id);
  });
});

describe("a dead letter that RabbitMQ made", () => {
  const time = microsOf(NOW - 5_000);
  const limit = { queue: "metrics.updates", reason: "delivery_limit", routingKeys: ["api.error"], time };
  const expired = { queue: "retry.5s", reason: "expired", routingKeys: ["gone.queue"], time };

  it("has its queue and its reason out of x-death", () => {
    expect(recorded(deliveryOf({ queue: "dlq", deaths: [limit, expired] }))).toMatchObject({
      queue: "metrics.updates",
      error: { type: "RabbitMQ", code: "delivery_limit" },
      attempts: [{ at: "2026-07-07T12:29:55Z", error: "RabbitMQ" }],
      diedAt: time,
    });
  });

  it("is of the queue that a retry would have gone back to, and that is no longer there", () => {
    for (const headers of [{}, { "x-failed-queue": "gone.queue" }] as Delivery["headers"][]) {
      const letter = recorded(deliveryOf({ queue: "dlq", deaths: [expired], headers }));
      expect(letter).toMatchObject({ queue: "gone.queue", error: { code: "queue_gone" } });
    }
    const replay = recorded(deliveryOf({ queue: "dlq", headers: { "x-failed-queue": "gone.queue" } }));
    expect(replay).toMatchObject({ queue: "gone.queue", error: { code: "queue_gone" } });
  });

  it("keeps the attempts that came before", () => {
    const attempts = JSON.stringify([{ at: "2026-07-07T12:00:00Z", error: "E", message: "m" }]);
    const letter = recorded(
      deliveryOf({ queue: "dlq", deaths: [expired], headers: { "x-attempts": attempts } }),
    );
    expect(letter.attempts.map(({ error }) => error)).toEqual(["E", "RabbitMQ"]);
  });
});

describe("whatever the headers hold", () => {
  it.each([
    ["nothing", {}],
    ["wrong types", { "x-failed-queue": 7, "x-error-type": 8, "x-error-stack": 9, "x-attempts": 10 }],
    [
      "attempts that are none",
      { "x-error-type": "E", "x-failed-queue": "q", "x-attempts": '[1,null,{"at":"x"}]' },
    ],
    ["attempts that are no JSON", { "x-error-type": "E", "x-failed-queue": "q", "x-attempts": "{" }],
    ["NUL and half a pair", { "x-error-type": "a\u0000b\ud800", "x-failed-queue": "q\u0000" }],
    ["a great deal", { "x-error-type": "E".repeat(100_000), "x-failed-queue": "q".repeat(1_000) }],
  ])("it is recorded: %s", (_, headers) => {
    const letter = recorded(deliveryOf({ queue: "dlq", headers }));
    const texts = [letter.queue, ...Object.values(letter.error), ...letter.attempts.flatMap(Object.values)];
    for (const text of texts) {
      expect(text).toSatisfy((given: string) => given.isWellFormed() && !given.includes("\u0000"));
      expect(text.length).toBeLessThanOrEqual(16_384);
    }
  });

  it("has died by now, though an attempt says it will tomorrow", () => {
    const attempts = JSON.stringify([{ at: "2999-01-01T00:00:00Z", error: "E", message: "" }]);
    const headers = { "x-error-type": "E", "x-failed-queue": "q", "x-attempts": attempts };
    expect(recorded(deliveryOf({ headers })).diedAt).toBe(microsOf(NOW));
    expect(parseTime("2999-01-01T00:00:00Z")).toBeGreaterThan(microsOf(NOW));
  });

  it("goes back without what retries, replays and RabbitMQ wrote into them", () => {
    const headers = {
      ...{ own: "kept", "x-attempt": 3, "x-attempts": "[]", "x-failed-queue": "q", "x-error-type": "E" },
      ...{ "x-dead-letter-id": "dlt_1", "x-replayed-at": "2026-07-07T12:00:00Z" },
      ...{ "x-delivery-count": 4, "x-first-death-queue": "q", "x-last-death-reason": "expired" },
    };
    expect(recorded(deliveryOf({ headers })).message.headers).toEqual({ own: "kept" });
  });
});

it("reduces to what always fits: queue, body, and that the rest was refused", () => {
  const letter = recorded(givenUp(new PermanentError("boom")));
  expect(reducedLetter(letter, "SQLSTATE 22P05")).toEqual({
    ...letter,
    identity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    message: { headers: {} },
    event: {},
    attempts: [],
    error: {
      type: "PermanentError",
      code: "description_refused",
      message: "what it came with could not be stored: SQLSTATE 22P05",
      stack: "",
    },
  });
});
