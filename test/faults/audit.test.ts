import { afterEach, beforeEach, expect, it } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import type { AuditEntry } from "../../layers/core/audit.ts";
import { verifyChain } from "../../layers/core/audit-check.ts";
import { identityOf } from "../../layers/core/envelope.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { workOff } from "./work-off.ts";

let place: FreshPlace;

beforeEach(async () => {
  place = await freshPlace();
});

afterEach(() => place.drop());

async function wholeAudit(): Promise<AuditEntry[]> {
  const registry = openPostgresRegistry({ connectionString: place.databaseUrl });
  const all: AuditEntry[] = [];
  for (let more = true; more; ) {
    const page = await registry.audit.list({ order: "oldest", limit: 1_000, after: all.length });
    all.push(...page.entries);
    more = page.more;
  }
  await registry.close();
  return all;
}

it("keeps one chain with each event once, however late, twice or out of order it comes to two rivals [BUS-19]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const events = Array.from({ length: 3_000 }, (_, i) => ({
    specversion: "1.0" as const,
    // The same id under another source is another event; a third of them is older than three days.
    ...{ source: `/faults/${i % 2}`, id: `e-${i >> 1}`, type: "model.updated", correlation_id: "c" },
    time: formatTime(microsOf(Date.now() - random.below(108) * 3_600_000)),
    data: { model_id: `m${i}` },
  }));
  const messages = events.map(eventMessage);
  const rivals = await Promise.all([startOn(place), startOn(place)]);
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(random.shuffled([...messages, ...messages]));
  await bus.close();
  await Promise.all(rivals.map((rival) => rival.stop()));
  await workOff(place);
  const entries = await wholeAudit();
  const check = verifyChain([]);
  expect(check.add(entries)).toBeUndefined();
  expect(check.head?.position).toBe(events.length);
  expect(entries.map(({ event }) => identityOf(event)).sort()).toEqual(events.map(identityOf).sort());
});
