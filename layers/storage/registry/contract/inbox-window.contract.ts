import { expect, it } from "vitest";
import { microsOf } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";
import { BEFORE_MIDNIGHT, counted, countOnce, DAY_MS, entry, manualClock, QUEUE } from "./samples.ts";

const NOW = BEFORE_MIDNIGHT;
const batches = { kind: "batches" } as const;

export function inboxWindowContract(open: OpenRegistry): void {
  it("counts an event once that comes before and after midnight [BUS-08]", async () => {
    const clock = manualClock(NOW);
    const registry = open(clock);
    await countOnce(registry.inbox, [entry("a", NOW)]);
    clock.advance(20_000);
    // A copy without a time of its own was given one at the door.
    const verdicts = await countOnce(registry.inbox, [entry("a", clock.now()), entry("b", clock.now())]);
    expect(verdicts).toEqual(["repeated", "fresh"]);
    expect(await counted(registry)).toBe(2);
  });

  it("counts an event once that comes at midnight at two whose clocks disagree on the day [BUS-08]", async () => {
    const midnight = Date.UTC(2026, 6, 8);
    const [slow, quick] = [open(manualClock(midnight - 1)), open(manualClock(midnight))];
    for (let round = 0; round < 20; round++) {
      const entries = [entry(`event-${round}`, midnight)];
      await Promise.all([countOnce(slow.inbox, entries), countOnce(quick.inbox, entries)]);
    }
    expect(await counted(slow)).toBe(20);
  });

  it("takes events up to three days old and a day ahead, and says what is wrong with others [BUS-08]", async () => {
    const registry = open(manualClock(NOW));
    const now = microsOf(NOW);
    const threeDays = microsOf(3 * DAY_MS);
    const times = [now - threeDays - 1, now - threeDays, now + microsOf(DAY_MS), now + microsOf(DAY_MS) + 1];
    const verdicts = await countOnce(
      registry.inbox,
      times.map((time, i) => ({ identity: `event-${i}`, time })),
    );
    expect(verdicts).toEqual(["too_old_to_deduplicate", "fresh", "fresh", "time_too_far_ahead"]);
    expect(await counted(registry)).toBe(2);
  });

  it("does not remember what it did not take", async () => {
    const { inbox } = open(manualClock(NOW));
    const old = entry("a", NOW - 4 * DAY_MS);
    expect(await countOnce(inbox, [old, entry("a", NOW)])).toEqual(["too_old_to_deduplicate", "fresh"]);
  });

  it("remembers an event for as long as a copy could still be taken [BUS-08]", async () => {
    const clock = manualClock(NOW);
    const registry = open(clock);
    const aDayAhead = entry("a", NOW + DAY_MS);
    await countOnce(registry.inbox, [aDayAhead]);
    for (let day = 1; day <= 4; day++) {
      clock.advance(DAY_MS);
      await registry.inbox.maintain(microsOf(clock.now()));
      expect(await countOnce(registry.inbox, [aDayAhead])).toEqual(["repeated"]);
    }
    clock.advance(1);
    expect(await countOnce(registry.inbox, [aDayAhead])).toEqual(["too_old_to_deduplicate"]);
    expect(await counted(registry)).toBe(1);
  });

  it("remembers batches, and only those, for 45 days [BUS-08]", async () => {
    const clock = manualClock(NOW);
    const { inbox } = open(clock);
    await inbox.remember(QUEUE, ["a", "b", "a"]);
    await inbox.remember(QUEUE, ["b", "c"]);
    for (let day = 0; day <= 45; day += 5) {
      await inbox.maintain(microsOf(clock.now()));
      expect(await inbox.remembered(QUEUE, ["a", "c", "x", "a"])).toEqual(new Set(["a", "c"]));
      clock.advance(5 * DAY_MS);
    }
    expect(await inbox.remembered("other", ["a"])).toEqual(new Set());
    expect(await inbox.remembered(QUEUE, [])).toEqual(new Set());
    await inbox.remember(QUEUE, []);
  });

  it("forgets batches some time after that", async () => {
    const clock = manualClock(NOW);
    const { inbox } = open(clock);
    await inbox.remember(QUEUE, ["a"]);
    clock.advance(60 * DAY_MS);
    await inbox.maintain(microsOf(clock.now()));
    expect(await inbox.remembered(QUEUE, ["a"])).toEqual(new Set());
  });

  it("has the effect of a batch once within 45 days [BUS-08]", async () => {
    const clock = manualClock(NOW);
    const { inbox } = open(clock);
    const taken = () =>
      inbox.once(QUEUE, [entry("a", NOW), entry("b", NOW)], batches, async (verdicts) => [...verdicts]);
    await inbox.remember(QUEUE, ["b"]);
    expect(await taken()).toEqual(["fresh", "repeated"]);
    clock.advance(45 * DAY_MS);
    await inbox.maintain(microsOf(clock.now()));
    expect(await taken()).toEqual(["repeated", "repeated"]);
    clock.advance(1);
    expect(await taken()).toEqual(["too_old_to_deduplicate", "too_old_to_deduplicate"]);
  });

  it("can be maintained by several at once, and before there is anything to maintain", async () => {
    const clock = manualClock(NOW + 1_000 * DAY_MS);
    const registries = [open(clock), open(clock), open(clock)];
    for (let day = 0; day < 3; day++) {
      await Promise.all(registries.map(({ inbox }) => inbox.maintain(microsOf(clock.now()))));
      clock.advance(4 * DAY_MS);
    }
  });

  it("takes the first event of a day that nobody prepared, from many consumers at once", async () => {
    const clock = manualClock(NOW + 2_000 * DAY_MS);
    const registries = [open(clock), open(clock), open(clock)];
    await Promise.all(
      Array.from({ length: 9 }, (_, i) => {
        const inbox = registries[i % 3]?.inbox;
        return inbox && countOnce(inbox, [entry("a", clock.now())], `queue-${i}`);
      }),
    );
    const [{ usage }] = registries as [(typeof registries)[0]];
    expect(await usage.counts({ from: 0, to: Number.MAX_SAFE_INTEGER })).toHaveLength(9);
  });
}
