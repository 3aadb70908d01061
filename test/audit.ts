import { expect, vi } from "vitest";
import type { AuditEntry, AuditHead } from "../layers/core/audit.ts";
import type { Event } from "../layers/core/envelope.ts";
import type { Platform } from "./platform.ts";
import { at } from "./points.ts";

export interface AuditPage {
  entries: AuditEntry[];
  next: number | null;
  head: AuditHead | null;
}

/** What an application says of a model. */
export const modelEvent = (id: string, given: Partial<Event> = {}): Event => ({
  specversion: "1.0",
  id,
  source: "/ims/api/models",
  type: "model.updated",
  time: at(Date.now()),
  correlation_id: `request-${id}`,
  data: { model_id: `m-${id}`, note: "as it was" },
  ...given,
});

/** A platform's audit, as applications and readers see it. */
export function auditOf({ get, post }: Platform) {
  const read = async (query = "") => (await get<AuditPage>(`/api/v1/audit${query}`)).body;
  return {
    read,

    async send(events: readonly Event[]): Promise<void> {
      const headers = { "content-type": "application/cloudevents-batch+json" };
      expect((await post("/api/v1/events", events, { headers })).status).toBe(202);
    },

    /** Resolves once the audit ends at this position. */
    recorded: (position: number) =>
      vi.waitFor(async () => expect((await read()).head?.position).toBe(position), {
        timeout: 10_000,
        interval: 50,
      }),
  };
}
