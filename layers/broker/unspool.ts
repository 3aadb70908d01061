import type { Clock } from "../core/clock.ts";
import { asError, PermanentError, UnavailableError } from "../core/errors.ts";
import type { Bus } from "./bus.ts";
import type { Outgoing } from "./message.ts";
import { nextStop } from "./retry.ts";
import { decodeOutgoing } from "./spool-record.ts";

/** Stands for the queue that a dead letter failed in. */
const SPOOL = "spool";

/**
 * Publishes what was spooled, in order. A record that can never be published (no queue takes it, or it is no message)
 * goes to the dead letters, so that it neither holds up the others nor is lost.
 *
 * @throws {UnavailableError} the broker is away; some may be published, and the same records must come again
 */
export async function publishSpooled(
  records: readonly Buffer[],
  { bus, clock }: { bus: Bus; clock: Clock },
): Promise<void> {
  const decoded = records.map((record) => decode(record, clock));
  try {
    await bus.publish(decoded);
  } catch (error) {
    if (!isUnroutable(error)) throw error;
    for (const message of decoded) await publishOrBury(message, { bus, clock });
  }
}

function decode(record: Buffer, clock: Clock): Outgoing {
  try {
    return decodeOutgoing(record);
  } catch (error) {
    return nextStop({ queue: SPOOL, body: record, headers: {}, redelivered: false }, asError(error), clock);
  }
}

async function publishOrBury(message: Outgoing, { bus, clock }: { bus: Bus; clock: Clock }): Promise<void> {
  try {
    await bus.publish([message]);
  } catch (error) {
    if (!isUnroutable(error)) throw error;
    await bus.publish([deadLetterOf(message, error, clock)]);
  }
}

function deadLetterOf({ body, properties }: Outgoing, error: UnavailableError, clock: Clock): Outgoing {
  const { messageId, correlationId, type, contentType, headers } = properties;
  const delivery = {
    queue: SPOOL,
    body,
    messageId,
    correlationId,
    type,
    contentType,
    headers: { ...headers },
  };
  return nextStop(
    { ...delivery, redelivered: false },
    new PermanentError(error.message, { code: error.code, cause: error }),
    clock,
  );
}

const isUnroutable = (error: unknown): error is UnavailableError =>
  error instanceof UnavailableError && error.code === "unroutable";
