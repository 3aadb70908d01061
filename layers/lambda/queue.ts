import { type SettleOptions, settleBatch } from "../broker/settle.ts";
import { deliveriesOf, type RmqEvent } from "./rabbitmq-event.ts";

export type QueueHandler = (event: RmqEvent) => Promise<void>;

/** A Lambda handler for a RabbitMQ event source. It throws only when the whole batch must come again. */
export function createQueueHandler<Item>(options: SettleOptions<Item>): QueueHandler {
  return (event) => settleBatch(deliveriesOf(event), options);
}
