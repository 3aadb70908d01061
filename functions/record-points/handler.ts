import type { Delivery } from "../../layers/broker/delivery.ts";
import { decodeEvent, identityOf } from "../../layers/core/envelope.ts";
import { type Measurements as Batch, decodeMeasurements } from "../../layers/core/measurement-event.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createDefinitionsCache } from "../../layers/lambda/definitions.ts";
import { createDeletedDevices, type IsDeleted } from "../../layers/lambda/deleted-devices.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";

export type RecordDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "measurements" | "registry">;

interface Recorded extends Batch {
  identity: string;
}

/** All partitions share one memory: a batch stays in its logical partition, but that may change its queue. */
const INBOX = "telemetry.points";

/**
 * Stores points. The store is idempotent by key and version, so a batch that comes again does no harm; only
 * requests with an idempotency key are looked up, because their repeat has a newer version and the same identity.
 */
export function createHandler({
  bus,
  clock,
  logger,
  measurements,
  registry,
}: RecordDependencies): QueueHandler {
  const definitions = createDefinitionsCache(registry.definitions, clock);
  const deleted = createDeletedDevices(registry.deviceLives, clock);
  return createQueueHandler<Recorded>({
    bus,
    clock,
    logger,
    decode,
    async handle(batches) {
      const isDeleted = await deleted.current();
      const fresh = withoutDead(await withoutRepeats(batches, registry), isDeleted);
      // Whoever took the points may have known of a definition sooner: a point that it keeps for years must not be
      // stored for the days that hold without it.
      const metrics = await definitions.current(Math.max(0, ...fresh.map((batch) => batch.definitions)));
      const points = fresh.flatMap((batch) => batch.points);
      await measurements.write(points, (metricName) => metrics.retentionOf(metricName));
      await registry.devices.seen(devicesOf(fresh));
      const idempotent = fresh.filter((batch) => batch.idempotent).map(({ identity }) => identity);
      if (idempotent.length > 0) await registry.inbox.remember(INBOX, idempotent);
      return undefined;
    },
  });
}

function decode({ body }: Delivery): Recorded {
  const event = decodeEvent(body);
  return { ...decodeMeasurements(event), identity: identityOf(event) };
}

/** Within the batch, too: of two copies the first counts. */
async function withoutRepeats(batches: readonly Recorded[], { inbox }: Registry): Promise<Recorded[]> {
  const identities = batches.filter(({ idempotent }) => idempotent).map(({ identity }) => identity);
  if (identities.length === 0) return [...batches];
  const seen = await inbox.remembered(INBOX, identities);
  return batches.filter(({ idempotent, identity }) => {
    if (!idempotent) return true;
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/** Points that were under way when their device was deleted. */
const withoutDead = (batches: readonly Recorded[], isDeleted: IsDeleted): Recorded[] =>
  batches.map((batch) => {
    const acceptedAt = microsOf(batch.acceptedMs);
    return { ...batch, points: batch.points.filter(({ deviceId }) => !isDeleted(deviceId, acceptedAt)) };
  });

function devicesOf(batches: readonly Recorded[]): { deviceId: string; at: number }[] {
  const newest = new Map<string, number>();
  for (const { points, acceptedMs } of batches) {
    const at = microsOf(acceptedMs);
    for (const { deviceId } of points) if ((newest.get(deviceId) ?? 0) < at) newest.set(deviceId, at);
  }
  return [...newest].map(([deviceId, at]) => ({ deviceId, at }));
}
