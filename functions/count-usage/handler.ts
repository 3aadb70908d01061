import { inboxEntryOf } from "../../layers/broker/inbox-entry.ts";
import type { Failure } from "../../layers/broker/settle.ts";
import { decodeEvent, type Event } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { type Payload, readPayload } from "../../layers/core/payloads.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { InboxEntry, InboxVerdict } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { type Counted, incrementsOf } from "./increments.ts";

export type CountDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

const QUEUE = "metrics.updates";

interface Arrived extends Counted {
  entry: InboxEntry;
}

/** Counts every event once: what the inbox has seen, by (source, id), is passed over. */
export function createHandler({ bus, clock, logger, registry }: CountDependencies): QueueHandler {
  return createQueueHandler<Arrived>({
    bus,
    clock,
    logger,
    decode: (delivery) => {
      const event = decodeEvent(delivery.body);
      return { event, payload: payloadOf(event), entry: inboxEntryOf(delivery, event) };
    },
    handle: (arrived) => {
      const entries = arrived.map(({ entry }) => entry);
      return registry.inbox.once(QUEUE, entries, { kind: "events" }, async (verdicts, effects) => {
        const fresh = arrived.filter((_, i) => verdicts[i] === "fresh");
        if (fresh.length > 0) await effects.countUsage(incrementsOf(fresh, clock.now()));
        return arrived.flatMap((item, i) => failureOf(item, verdicts[i]));
      });
    },
  });
}

/** Publishers on AMQP come past no door that would have refused it. */
function payloadOf(event: Event): Payload {
  try {
    return readPayload(event);
  } catch (cause) {
    throw new PermanentError((cause as Error).message, { code: "invalid_payload", cause });
  }
}

function failureOf(item: Arrived, verdict: InboxVerdict | undefined): Failure<Arrived>[] {
  if (verdict !== "too_old_to_deduplicate" && verdict !== "time_too_far_ahead") return [];
  const message = `an event of ${item.event.time} cannot be told from one counted before: ${verdict}`;
  return [{ item, error: new PermanentError(message, { code: verdict }) }];
}
