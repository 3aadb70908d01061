import { inboxEntryOf } from "../../layers/broker/inbox-entry.ts";
import type { Failure } from "../../layers/broker/settle.ts";
import { decodeEvent, type Event } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import { deliverDue } from "../../layers/notify/deliver.ts";
import type { InboxEntry, InboxVerdict } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { meaningsOf } from "./meanings.ts";

export type NotifyDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry" | "send">;

const QUEUE = "alerts.critical";

interface Arrived {
  event: Event;
  entry: InboxEntry;
}

/**
 * Records what events mean to channels, each once, and then delivers what is due. What is not delivered now is
 * delivered by the schedule: once it is recorded, no event waits for a channel.
 */
export function createHandler(dependencies: NotifyDependencies): QueueHandler {
  const { bus, clock, logger, registry } = dependencies;
  const { notifications } = registry;
  return createQueueHandler<Arrived>({
    bus,
    clock,
    logger,
    decode: (delivery) => {
      const event = decodeEvent(delivery.body);
      return { event, entry: inboxEntryOf(delivery, event) };
    },
    handle: async (arrived) => {
      const failures = await record(arrived, dependencies);
      await deliverDue({ ...dependencies, notifications }).catch((error: unknown) =>
        logger.warn("what is due is left to the schedule", { error }),
      );
      return failures;
    },
  });
}

async function record(
  arrived: readonly Arrived[],
  { registry, logger }: NotifyDependencies,
): Promise<Failure<Arrived>[]> {
  const entries = arrived.map(({ entry }) => entry);
  const meanings = await meaningsOf(
    arrived.map(({ event }) => event),
    registry,
  );
  return registry.inbox.once(QUEUE, entries, { kind: "events" }, async (verdicts, effects) => {
    const fresh = meanings.filter((_, i) => verdicts[i] === "fresh");
    await effects.notify(fresh.flatMap(({ tellings }) => tellings));
    const unknown = new Set(fresh.flatMap((meaning) => meaning.unknown));
    if (unknown.size > 0) logger.error("events name channels that there are not", { names: [...unknown] });
    return arrived.flatMap((item, i) => failureOf(item, verdicts[i]));
  });
}

function failureOf(item: Arrived, verdict: InboxVerdict | undefined): Failure<Arrived>[] {
  if (verdict !== "too_old_to_deduplicate" && verdict !== "time_too_far_ahead") return [];
  const message = `an event of ${item.event.time} cannot be told from one told before: ${verdict}`;
  return [{ item, error: new PermanentError(message, { code: verdict }) }];
}
