import fc from "fast-check";
import { expect, it } from "vitest";
import { microsOf } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { Inbox, InboxEntry, InboxVerdict } from "../port.ts";
import { BEFORE_MIDNIGHT, counted, countFresh, DAY_MS, entry, HOUR_MS, manualClock } from "./samples.ts";

/** Some of what was sent, in any order and with repeats, delivered together. */
interface Delivered {
  /** Which of the events; and by how much the time of this copy is later than that of the first. */
  copies: { event: number; laterHours: number }[];
  consumer: number;
  /** The consumer dies after the effect and before it is committed. */
  crashes: boolean;
  /** Passes before the delivery. */
  hours: number;
  maintained: boolean;
}

const EVENTS = 12;

/** The times of the events, in hours after the run begins. */
const sent = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: EVENTS, maxLength: EVENTS });

const delivered: fc.Arbitrary<Delivered> = fc.record({
  copies: fc.array(fc.record({ event: fc.nat(EVENTS - 1), laterHours: fc.nat(24) }), { maxLength: 10 }),
  consumer: fc.nat(1),
  crashes: fc.boolean(),
  hours: fc.nat(30),
  maintained: fc.boolean(),
});

/** What must come out, told without a store: who was counted, and what was in the window when it came. */
function createModel() {
  const taken = new Set<string>();
  return {
    taken,
    verdicts(entries: readonly InboxEntry[], now: number, crashes: boolean): InboxVerdict[] {
      const fresh = new Set<string>();
      const verdicts = entries.map(({ identity, time }): InboxVerdict => {
        if (time < microsOf(now - 3 * DAY_MS)) return "too_old_to_deduplicate";
        if (time > microsOf(now + DAY_MS)) return "time_too_far_ahead";
        if (taken.has(identity) || fresh.has(identity)) return "repeated";
        fresh.add(identity);
        return "fresh";
      });
      if (!crashes) for (const identity of fresh) taken.add(identity);
      return verdicts;
    },
  };
}

const entriesOf = (copies: Delivered["copies"], hours: readonly number[]): InboxEntry[] =>
  copies.map(({ event, laterHours }) =>
    entry(`event-${event}`, BEFORE_MIDNIGHT + ((hours[event] ?? 0) + laterHours) * HOUR_MS),
  );

/** The verdicts that the effect was given, whether it came to anything or not. */
async function deliver(inbox: Inbox, queue: string, entries: readonly InboxEntry[], crashes: boolean) {
  let given: readonly InboxVerdict[] = [];
  const crash = new Error("the consumer died");
  const handled = inbox.once(queue, entries, { kind: "events" }, async (verdicts, effects) => {
    given = [...verdicts];
    await countFresh(queue)(verdicts, effects);
    if (crashes) throw crash;
  });
  if (crashes) await expect(handled).rejects.toBe(crash);
  else await handled;
  return given;
}

export function inboxModelContract(open: OpenRegistry): void {
  let run = 0;

  it("counts every event once, whatever is repeated, reordered, late or crashes [BUS-08]", async () => {
    await fc.assert(
      fc.asyncProperty(sent, fc.array(delivered, { maxLength: 15 }), async (hours, deliveries) => {
        const queue = `queue-${++run}`;
        const clock = manualClock(BEFORE_MIDNIGHT);
        const consumers = [open(clock), open(clock)];
        const [registry] = consumers as [(typeof consumers)[0]];
        const model = createModel();
        for (const delivery of deliveries) {
          clock.advance(delivery.hours * HOUR_MS);
          const { inbox } = consumers[delivery.consumer] ?? registry;
          if (delivery.maintained) await inbox.maintain(microsOf(clock.now()));
          const entries = entriesOf(delivery.copies, hours);
          const expected = model.verdicts(entries, clock.now(), delivery.crashes);
          const verdicts = await deliver(inbox, queue, entries, delivery.crashes);
          expect(verdicts).toEqual(expected);
        }
        expect(await counted(registry, queue)).toBe(model.taken.size);
        await Promise.all(consumers.map((consumer) => consumer.close()));
      }),
      { numRuns: 30 },
    );
  });
}
