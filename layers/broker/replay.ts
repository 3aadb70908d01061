import { formatTime, type Micros } from "../core/time.ts";
import { RETURN_EXCHANGE, type Topology } from "../topology/topology.ts";
import { type Carried, headers, type Outgoing, propertiesAgain } from "./message.ts";

/** What goes back to the queue it failed in. */
export interface Replay {
  /** The dead letter's. */
  id: string;
  /** As the topology names it. */
  queue: string;
  body: Buffer;
  message: Carried;
  /** When this replay began, also if it is repeated. */
  replayedAt: Micros;
}

/**
 * The message of a replay: to its queue and to no other, its attempts forgotten. Should the queue be gone by then,
 * the exchange's alternate brings it back to the dead letters.
 */
export function replayMessage({ id, queue, body, message, replayedAt }: Replay): Outgoing {
  const properties = propertiesAgain(message, {
    [headers.queue]: queue,
    [headers.deadLetterId]: id,
    [headers.replayedAt]: formatTime(replayedAt),
  });
  return { exchange: RETURN_EXCHANGE, routingKey: queue, body, properties };
}

/** The names of the queues that take messages back, of a partitioned family every one there could be. */
export function returnableQueues({ queues, bindings }: Topology): string[] {
  const enabled = new Set(queues.filter((queue) => queue.enabled).map(({ name }) => name));
  const back = bindings.filter(({ exchange, queue }) => exchange === RETURN_EXCHANGE && enabled.has(queue));
  return back.map(({ key }) => key);
}
