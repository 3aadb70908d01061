import type { ConsumeMessage } from "amqplib";
import { expect, it } from "vitest";
import { rmqEvent } from "../../apps/local/sources/rmq-event.ts";
import type { Bus } from "../../layers/broker/bus.ts";
import { PermanentError, UnavailableError } from "../../layers/core/errors.ts";
import type { DeadLetterRecord, DeadLetters, Registry } from "../../layers/storage/registry/port.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { createHandler } from "./handler.ts";

/** A dead letter of a dead letter would go round for ever. */
const noBus: Bus = { publish: () => expect.unreachable(), close: async () => {} };

/** A store that refuses what `refuses` says, one of many included. */
function storeThat(refuses: (letter: DeadLetterRecord) => Error | undefined) {
  const kept: DeadLetterRecord[] = [];
  const record: DeadLetters["record"] = async (letters) => {
    for (const letter of letters) {
      const refusal = refuses(letter);
      if (refusal) throw refusal;
    }
    kept.push(...letters);
  };
  return { kept, registry: { deadLetters: { record } } as Registry };
}

const message = (text: string): ConsumeMessage => ({
  content: Buffer.from(text),
  fields: { consumerTag: "c", deliveryTag: 1, redelivered: false, exchange: "e", routingKey: "k" },
  properties: {
    headers: { "x-failed-queue": text, "x-error-type": "E" },
  } as unknown as ConsumeMessage["properties"],
});

const deliver = (registry: Registry) => {
  // Patience is over at once: each look at the clock is a minute later.
  let now = 0;
  const clock = { now: () => (now += 60_000) };
  const handler = createHandler({ bus: noBus, clock, logger: silentLogger, registry });
  return handler(rmqEvent("dlq.dead_letters", ["a", "b", "c"].map(message)));
};

it("records the others of a batch in which the store refuses one, and that one in a reduced form", async () => {
  const refused = ({ queue, event, error }: DeadLetterRecord) =>
    queue === "b" && (event.id !== undefined || error.type === "E")
      ? new PermanentError("refused")
      : undefined;
  const { kept, registry } = storeThat(refused);
  await deliver(registry);
  expect(kept.map(({ queue, error }) => `${queue} ${error.code}`)).toEqual([
    "a unexpected",
    "b description_refused",
    "c unexpected",
  ]);
  expect(kept[1]?.body.toString()).toBe("b");
});

it.each([
  ["is gone", new UnavailableError("gone")],
  ["refuses even the reduced form", new PermanentError("refused")],
  ["fails in a way that nobody foresaw", new TypeError("a mistake")],
])("leaves everything in the queue while the store %s", async (_, error) => {
  const { kept, registry } = storeThat(() => error);
  await expect(deliver(registry)).rejects.toThrow(UnavailableError);
  expect(kept).toEqual([]);
});
