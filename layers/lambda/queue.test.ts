import type { ConsumeMessage } from "amqplib";
import { expect, it } from "vitest";
import { rmqEvent } from "../../apps/local/sources/rmq-event.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import type { Bus } from "../broker/bus.ts";
import { UnavailableError } from "../core/errors.ts";
import { createQueueHandler } from "./queue.ts";

const message = (timestamp?: number) =>
  ({
    content: Buffer.from("{}"),
    properties: { timestamp },
    fields: { redelivered: false },
  }) as unknown as ConsumeMessage;

const unused: Bus = {
  publish: () => Promise.reject(new Error("nothing failed")),
  close: async () => undefined,
};

function handlerThat(handle: () => Promise<undefined>) {
  const lines: Record<string, unknown>[] = [];
  const handler = createQueueHandler({
    decode: ({ body }) => body,
    handle,
    bus: unused,
    logger: { ...silentLogger, debug: (text, details) => void lines.push({ text, ...details }) },
    patienceMs: 0,
  });
  return { handler, lines };
}

it("says of each batch its queue, size, time and how old its oldest event is [EVT-07]", async () => {
  const { handler, lines } = handlerThat(async () => undefined);
  const now = Math.floor(Date.now() / 1_000);
  await handler(rmqEvent("audit.trail", [message(now - 5), message(now - 90), message()]));
  await handler(rmqEvent("audit.trail", [message()]));
  expect(lines).toEqual([
    {
      text: "batch handled",
      queue: "audit.trail",
      count: 3,
      durationMs: expect.any(Number),
      oldestAgeMs: expect.any(Number),
    },
    { text: "batch handled", queue: "audit.trail", count: 1, durationMs: expect.any(Number) },
  ]);
  expect(lines[0]?.oldestAgeMs).toBeGreaterThanOrEqual(90_000);
  expect(lines[0]?.oldestAgeMs).toBeLessThan(120_000);
});

it("says nothing of a batch that comes again", async () => {
  const { handler, lines } = handlerThat(() => Promise.reject(new UnavailableError("the store is away")));
  await expect(handler(rmqEvent("audit.trail", [message()]))).rejects.toBeInstanceOf(UnavailableError);
  expect(lines).toEqual([]);
});
