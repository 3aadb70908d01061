import type { Failure } from "../../layers/broker/settle.ts";
import { decodeEvent, type Event, identityOf, timeOf } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { type Payload, readPayload } from "../../layers/core/payloads.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { InboxVerdict } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { type Counted, incrementsOf } from "./increments.ts";

export type CountDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

const QUEUE = "metrics.updates";

/** Counts every event once: what the inbox has seen, by (source, id), is passed over. */
export function createHandler({ bus, clock, logger, registry }: CountDependencies): QueueHandler {
  return createQueueHandler<Counted>({
    bus,
    clock,
    logger,
    decode: ({ body }) => {
      const event = decodeEvent(body);
      return { event, payload: payloadOf(event) };
    },
    handle: (events) =>
      registry.inbox.once(QUEUE, events.map(entryOf), { kind: "events" }, async (verdicts, effects) => {
        const fresh = events.filter((_, i) => verdicts[i] === "fresh");
        if (fresh.length > 0) await effects.countUsage(incrementsOf(fresh, clock.now()));
        return events.flatMap((event, i) => failureOf(event, verdicts[i]));
      }),
  });
}

const entryOf = ({ event }: Counted) => ({ identity: identityOf(event), time: timeOf(event) });

/** Publishers on AMQP come past no door that would have refused it. */
function payloadOf(event: Event): Payload {
  try {
    return readPayload(event);
  } catch (cause) {
    throw new PermanentError((cause as Error).message, { code: "invalid_payload", cause });
  }
}

function failureOf(item: Counted, verdict: InboxVerdict | undefined): Failure<Counted>[] {
  if (verdict !== "too_old_to_deduplicate" && verdict !== "time_too_far_ahead") return [];
  const message = `an event of ${item.event.time} cannot be told from one counted before: ${verdict}`;
  return [{ item, error: new PermanentError(message, { code: verdict }) }];
}
