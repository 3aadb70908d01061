import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { identityOf, timeOf } from "../../layers/core/envelope.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import type { Place } from "./place.ts";

// A consumer whose effect announces an event for each that it handles, as a program of its own, to be killed:
// `node outbox-process.ts <options>`. It stops after the commit and before it publishes what it announced.

export interface OutboxProcessOptions extends Place {
  events: Event[];
}

export const COMMITTED = "committed";
export const QUEUE = "outbox.test";

/** What follows from an event: under an identity that follows too, so that a repeat is known as one. */
export const announcementOf = ({ id, time, correlation_id }: Event): Event => ({
  ...{
    specversion: "1.0",
    id: `${id}.announced`,
    source: "/faults/announcer",
    type: "fault.event.announced",
  },
  ...{ time, correlation_id, data: {} },
});

if (import.meta.main) await consume(JSON.parse(process.argv[2] ?? ""));

async function consume({ amqpUrl, databaseUrl, events }: OutboxProcessOptions): Promise<void> {
  const registry = openPostgresRegistry({ connectionString: databaseUrl });
  const entries = events.map((event) => ({ identity: identityOf(event), time: timeOf(event) }));
  await registry.inbox.once(QUEUE, entries, { kind: "events" }, async (verdicts, effects) => {
    await effects.announce(events.filter((_, i) => verdicts[i] === "fresh").map(announcementOf));
  });
  console.log(COMMITTED);
  // Held until the test has killed it; one that was let live would go on and publish.
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  const bus = createBus({ url: amqpUrl, name: "announcer" });
  await registry.outbox.drain((announced) => bus.publish(announced.map(eventMessage)), 1_000);
}
