import { encodedMessage, type Outgoing } from "../../layers/broker/message.ts";
import { encodeMeasurements } from "../../layers/core/measurement-event.ts";
import type { SentPoint } from "./ledger.ts";

/** Of all that is published by the fault tests themselves. */
export const SOURCE = "/faults";

export interface MeasurementOptions {
  /** When the request was accepted, in milliseconds since the Unix epoch. @default now */
  acceptedMs?: number;
  /** Identifies the request. @default a new one */
  request?: string;
}

/** The messages that ingest publishes for a request, to be published past it: late, twice, or out of order. */
export function measurementMessages(
  points: readonly SentPoint[],
  { acceptedMs = Date.now(), request = crypto.randomUUID() }: MeasurementOptions = {},
): Outgoing[] {
  const accepted = points.map((point, index) => ({ point, index }));
  const acceptance = {
    acceptedMs,
    source: SOURCE,
    correlationId: request,
    messageId: (partition: number, part: number) => `${request}.${partition}.${part}`,
    idempotent: false,
  };
  return encodeMeasurements(accepted, acceptance).map(encodedMessage);
}
