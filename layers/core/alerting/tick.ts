import type { Event } from "../envelope.ts";
import { newEventId } from "../ids.ts";
import { partitionKey } from "../partition.ts";
import { formatTime, MICROS_PER_SECOND, type Micros } from "../time.ts";

/** Runs behind the measurements of a partition, and says how late it is for them. */
export const TICK_TYPE = "telemetry.tick";

/**
 * How long after its acceptance a point may still be on its way to the broker: whoever accepts it gives up sooner, and
 * spools it. What was accepted so long before a tick is ahead of it in the queue.
 */
const UNDER_WAY = 15 * MICROS_PER_SECOND;

export const tickRoutingKey = (partition: number): string => `${TICK_TYPE}.${partitionKey(partition)}`;

export const tickEvent = (partition: number, at: Micros): Event => ({
  specversion: "1.0",
  id: newEventId(),
  source: "/telemetry-bus/tick-rules",
  type: TICK_TYPE,
  time: formatTime(at),
  correlation_id: newEventId(),
  datacontenttype: "application/json",
  partitionkey: partitionKey(partition),
  data: { partition },
});

/** The mark: everything accepted before it has been evaluated once the tick is. */
export const markOf = (at: Micros): Micros => at - UNDER_WAY;
