import { decodeEvent, identityOf } from "../../layers/core/envelope.ts";
import { decodeLogs, type Logs } from "../../layers/core/log-event.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import { failuresOf } from "../../layers/lambda/rejections.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";

export type IndexDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "logs" | "registry">;

interface Indexed extends Logs {
  identity: string;
}

const INBOX = "logs.entries";

/**
 * Makes log entries searchable: those that were sent, and the ones that errors and alerts are. The store knows an
 * entry that comes again by its time and id; only a request with an idempotency key is looked up, because in its
 * repeat an entry without a time of its own has another.
 */
export function createHandler({ bus, clock, logger, logs, registry }: IndexDependencies): QueueHandler {
  return createQueueHandler<Indexed>({
    bus,
    clock,
    logger,
    decode: ({ body }) => {
      const event = decodeEvent(body);
      return { ...decodeLogs(event, microsOf(clock.now())), identity: identityOf(event) };
    },
    async handle(items) {
      const fresh = await withoutRepeats(items, registry);
      const owners = fresh.flatMap((item) => item.entries.map(() => item));
      const failures = failuresOf(await logs.entries.write(fresh.flatMap(({ entries }) => entries)), owners);
      const failed = new Set(failures.map(({ item }) => item));
      const stored = fresh.filter((item) => item.idempotent && !failed.has(item));
      if (stored.length > 0) {
        await registry.inbox.remember(
          INBOX,
          stored.map(({ identity }) => identity),
        );
      }
      return failures;
    },
  });
}

/** Within the batch, too: of two copies the first counts. */
async function withoutRepeats(items: readonly Indexed[], { inbox }: Registry): Promise<Indexed[]> {
  const identities = items.filter(({ idempotent }) => idempotent).map(({ identity }) => identity);
  if (identities.length === 0) return [...items];
  const seen = await inbox.remembered(INBOX, identities);
  return items.filter(({ idempotent, identity }) => {
    if (!idempotent) return true;
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}
