import { decodeEvent, type Event, timeOf } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { type Payload, readPayload } from "../../layers/core/payloads.ts";
import type { Micros } from "../../layers/core/time.ts";

/** What happened elsewhere to a device or a user. */
export interface Change {
  type: string;
  at: Micros;
  correlationId: string;
  /** `source#id` */
  identity: string;
  payload: Payload;
}

/** @throws {PermanentError} it says not of whom it tells */
export function changeIn(body: Buffer): Change {
  const event = decodeEvent(body);
  return {
    type: event.type,
    at: timeOf(event),
    correlationId: event.correlation_id,
    identity: `${event.source}#${event.id}`,
    payload: payloadOf(event),
  };
}

/** Publishers on AMQP come past no door that would have refused it. */
function payloadOf(event: Event): Payload {
  try {
    return readPayload(event);
  } catch (cause) {
    throw new PermanentError((cause as Error).message, { code: "invalid_payload", cause });
  }
}
