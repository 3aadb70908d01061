import { type SettleOptions, settleBatch } from "../broker/settle.ts";
import { deliveriesOf, type RmqEvent } from "./rabbitmq-event.ts";

export type QueueHandler = (event: RmqEvent) => Promise<void>;

/** A Lambda handler for a RabbitMQ event source. It throws only when the whole batch must come again. */
export function createQueueHandler<Item>(options: SettleOptions<Item>): QueueHandler {
  return async (event) => {
    const startedAt = performance.now();
    const deliveries = deliveriesOf(event);
    await settleBatch(deliveries, options);
    options.logger.debug("batch handled", {
      queue: deliveries[0]?.queue,
      count: deliveries.length,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      oldestAgeMs: oldestAge(event, Date.now()),
    });
  };
}

/** How long ago the oldest event of a batch happened: exact to a second, and undefined where no message says. */
function oldestAge({ rmqMessagesByQueue }: RmqEvent, now: number): number | undefined {
  const times = Object.values(rmqMessagesByQueue)
    .flat()
    .map(({ basicProperties }) => Date.parse(`${basicProperties.timestamp} UTC`))
    .filter((time) => !Number.isNaN(time));
  const oldest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  return Number.isFinite(oldest) ? Math.max(0, now - oldest) : undefined;
}
