import { type Event, identityOf, timeOf } from "../core/envelope.ts";
import { type Micros, parseTime } from "../core/time.ts";
import type { Delivery } from "./delivery.ts";
import { headers } from "./message.ts";

/**
 * Under which identity and at which time an inbox knows what was delivered: the event's own, but of a replay the
 * time at which it began. So a dead letter that is `too_old_to_deduplicate` passes when it is replayed, and a
 * replay that was cut off and is repeated counts once: both carry the same identity and the same time.
 *
 * @throws {PermanentError} `undecodable`, where the event's time is none
 */
export const inboxEntryOf = (delivery: Delivery, event: Event): { identity: string; time: Micros } => ({
  identity: identityOf(event),
  time: replayTimeOf(delivery) ?? timeOf(event),
});

function replayTimeOf({ headers: given }: Delivery): Micros | undefined {
  const time = given[headers.replayedAt];
  return typeof time === "string" ? parseTime(time) : undefined;
}
