import type { Clock } from "../../layers/core/clock.ts";
import { newEventId } from "../../layers/core/ids.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import { encodeEvent } from "./lanes.ts";
import type { Store } from "./store.ts";

export type EdgeEventType = "edge.disk.low" | "edge.data.dropped";

/** Tells the platform of the agent itself. Resolves once the event is in the buffer. */
export type Tell = (type: EdgeEventType, data: Readonly<Record<string, unknown>>) => Promise<void>;

export interface TellOptions {
  store: Store;
  deviceId: string;
  clock: Clock;
}

export function createTell({ store, deviceId, clock }: TellOptions): Tell {
  return (type, data) => {
    const id = newEventId();
    const event = {
      specversion: "1.0",
      id,
      source: `/edge/${deviceId}`,
      type,
      time: formatTime(microsOf(clock.now())),
      correlation_id: id,
      datacontenttype: "application/json",
      data: { device_id: deviceId, ...data },
    } as const;
    return store.append("events", [encodeEvent(event)]);
  };
}
