import { expect, it } from "vitest";
import { identityOf } from "../../../core/envelope.ts";
import type { OpenRegistry } from "../port.contract.ts";
import {
  BEFORE_MIDNIGHT,
  counted,
  countFresh,
  countOf,
  countOnce,
  drained,
  entry,
  eventOf,
  manualClock,
  QUEUE,
} from "./samples.ts";

const NOW = BEFORE_MIDNIGHT;
const events = { kind: "events" } as const;

export function inboxContract(open: OpenRegistry): void {
  const openNow = () => open(manualClock(NOW));

  it("counts an event once that comes twice in one batch [BUS-08]", async () => {
    const registry = openNow();
    const verdicts = await countOnce(registry.inbox, [entry("a", NOW), entry("b", NOW), entry("a", NOW)]);
    expect(verdicts).toEqual(["fresh", "fresh", "repeated"]);
    expect(await counted(registry)).toBe(2);
  });

  it("counts an event once that comes in two batches [BUS-08]", async () => {
    const registry = openNow();
    await countOnce(registry.inbox, [entry("a", NOW)]);
    const verdicts = await countOnce(registry.inbox, [entry("b", NOW), entry("a", NOW)]);
    expect(verdicts).toEqual(["fresh", "repeated"]);
    expect(await counted(registry)).toBe(2);
  });

  it("counts an event once that comes at two consumers at the same time [BUS-08]", async () => {
    const [one, other] = [openNow(), openNow()];
    const entries = Array.from({ length: 20 }, (_, i) => entry(`event-${i}`, NOW));
    for (let round = 0; round < 10; round++) {
      const mixed = [...entries.slice(round), ...entries.slice(0, round), entry(`only-${round}`, NOW)];
      await Promise.all([countOnce(one.inbox, mixed), countOnce(other.inbox, mixed.toReversed())]);
    }
    expect(await counted(one)).toBe(30);
  });

  it("counts an event once whose second copy says another time [BUS-08]", async () => {
    const registry = openNow();
    await countOnce(registry.inbox, [entry("a", NOW - 3_600_000)]);
    expect(await countOnce(registry.inbox, [entry("a", NOW)])).toEqual(["repeated"]);
    expect(await counted(registry)).toBe(1);
  });

  it("counts two events that share an id and not their source [BUS-08]", async () => {
    const registry = openNow();
    const identities = ["/shop", "/shop/2"].map((source) => identityOf({ source, id: "1" }));
    await countOnce(
      registry.inbox,
      identities.map((identity) => entry(identity, NOW)),
    );
    expect(await counted(registry)).toBe(2);
  });

  it("remembers for each queue by itself", async () => {
    const registry = openNow();
    await countOnce(registry.inbox, [entry("a", NOW)], "one");
    await countOnce(registry.inbox, [entry("a", NOW)], "other");
    expect(await counted(registry, "one")).toBe(1);
    expect(await counted(registry, "other")).toBe(1);
  });

  it("gives back what the effect gives back", async () => {
    const answer = await openNow().inbox.once(QUEUE, [], events, async (verdicts) => ({ verdicts }));
    expect(answer).toEqual({ verdicts: [] });
  });

  it("remembers and writes nothing when the effect throws, and throws the same [BUS-08]", async () => {
    const registry = openNow();
    const thrown = new RangeError("of the effect's own");
    const failing = registry.inbox.once(QUEUE, [entry("a", NOW)], events, async (verdicts, effects) => {
      await countFresh(QUEUE)(verdicts, effects);
      await effects.announce([eventOf("follows")]);
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    expect(await counted(registry)).toBe(0);
    expect(await drained(registry)).toEqual([]);
    expect(await countOnce(registry.inbox, [entry("a", NOW)])).toEqual(["fresh"]);
  });

  it("remembers and writes nothing when the store refuses what the effect wants written [BUS-08]", async () => {
    const registry = openNow();
    const failing = registry.inbox.once(QUEUE, [entry("a", NOW)], events, async (_, effects) => {
      await effects.announce([eventOf("follows")]);
      await effects.countUsage({ counts: [countOf({ vendor: "a\u0000b" })], durations: [] });
    });
    await expect(failing).rejects.toMatchObject({ name: "PermanentError", code: "data_refused" });
    expect(await drained(registry)).toEqual([]);
    expect(await countOnce(registry.inbox, [entry("a", NOW)])).toEqual(["fresh"]);
  });

  it("puts what follows from the effect into the outbox with it, in order", async () => {
    const registry = openNow();
    await registry.inbox.once(QUEUE, [entry("a", NOW)], events, async (_, effects) => {
      await effects.announce([eventOf("e1"), eventOf("e2")]);
      await effects.announce([eventOf("e3")]);
      expect(await drained(registry)).toEqual([]);
    });
    expect(await drained(registry)).toEqual(["e1", "e2", "e3"]);
  });

  it("never runs two effects of one queue at the same time", async () => {
    const registries = [openNow(), openNow(), openNow()];
    let running = 0;
    const effect = async () => {
      expect(++running).toBe(1);
      await registries[0]?.check();
      running--;
    };
    await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        registries[i % 3]?.inbox.once(QUEUE, [entry(`${i}`, NOW)], events, effect),
      ),
    );
  });

  it("does not hold up one queue for another", async () => {
    const [one, other] = [openNow(), openNow()];
    const verdicts = await one.inbox.once("one", [entry("a", NOW)], events, async (mine) => {
      const theirs = await countOnce(other.inbox, [entry("a", NOW)], "other");
      return [...mine, ...theirs];
    });
    expect(verdicts).toEqual(["fresh", "fresh"]);
  });
}
