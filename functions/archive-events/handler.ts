import { decodeEvent, type Event } from "../../layers/core/envelope.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import { failuresOf } from "../../layers/lambda/rejections.ts";
import type { Dependencies } from "../dependencies.ts";

export type ArchiveDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "logs">;

/** Keeps every event of the bus but the measurements, which have a store of their own. The archive knows repeats. */
export function createHandler({ bus, clock, logger, logs }: ArchiveDependencies): QueueHandler {
  return createQueueHandler<Event>({
    bus,
    clock,
    logger,
    decode: ({ body }) => decodeEvent(body),
    async handle(events) {
      const archivedAt = microsOf(clock.now());
      const rejections = await logs.events.write(events.map((event) => ({ event, archivedAt })));
      return failuresOf(rejections, events);
    },
  });
}
