import type { AuditHead, SealedHead } from "../../layers/core/audit.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { newEventId } from "../../layers/core/ids.ts";
import { ownMetrics } from "../../layers/core/own-metrics.ts";
import { formatTime, type Micros, microsOf } from "../../layers/core/time.ts";
import type { Dependencies } from "../dependencies.ts";

export type SealDependencies = Pick<Dependencies, "clock" | "logger" | "metrics" | "registry" | "sealed">;

/**
 * Seals the head of the audit outside the database, once the newest sealed one still stands in it. If it does not,
 * the audit was changed: that is reported each time, and nothing more is sealed, so that no changed audit gets a
 * seal. A seal that can never be made does not fail the run: only a person can do something about it.
 */
export function createHandler({
  clock,
  logger,
  metrics,
  registry,
  sealed,
}: SealDependencies): () => Promise<void> {
  async function seal(now: Micros): Promise<void> {
    const [head, newest] = await Promise.all([registry.audit.head(), sealed.newest()]);
    const found = newest && (await registry.audit.head(newest.position));
    if (newest && found?.hash !== newest.hash) throw contradiction(newest, found);
    if (!head || head.position === newest?.position) return;
    await sealed.seal({ ...head, sealed_at: formatTime(now) });
    logger.info("sealed the head of the audit", { ...head });
  }

  return async () => {
    const now = microsOf(clock.now());
    try {
      await seal(now);
      metrics.tell(ownMetrics.auditUnsealed, 0);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      metrics.tell(ownMetrics.auditUnsealed, 1);
      logger.error("the audit cannot be sealed", { code: error.code, error });
      await registry.outbox.add([alertOf(error, now)]);
    }
  };
}

function contradiction({ position, hash, sealed_at }: SealedHead, found: AuditHead | undefined) {
  const message =
    `position ${position} of the audit was sealed at ${sealed_at} with the hash ${hash}, ` +
    `and ${found ? `now has ${found.hash}` : "is not there now"}`;
  return new PermanentError(message, { code: "audit_contradicted" });
}

const alertOf = ({ code, message }: PermanentError, now: Micros): Event => ({
  specversion: "1.0",
  id: newEventId(),
  source: "/telemetry/seal-audit",
  type: "alert.audit.unsealed",
  time: formatTime(now),
  correlation_id: newEventId(),
  datacontenttype: "application/json",
  data: { severity: "critical", code, message },
});
