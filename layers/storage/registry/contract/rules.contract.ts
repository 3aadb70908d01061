import { expect, it } from "vitest";
import type { OpenRegistry } from "../port.contract.ts";
import { NOON, ruleOf, seconds, silenceOf, tellWith } from "./alert-samples.ts";
import { eventOf } from "./samples.ts";

const closing = { deed: { by: "rule", at: NOON }, tell: tellWith("resolved") };

export function rulesContract(open: OpenRegistry): void {
  it("keeps a rule as it was made, with what it triggered [FR-013]", async () => {
    const { rules } = open();
    const rule = ruleOf({ recoveryThreshold: 80, noDataSeconds: 60, description: 'a "hot" one\n' });
    await rules.create(rule, []);
    expect(await rules.find(rule.ruleId)).toEqual({ ...rule, totalTriggers: 0 });
    expect(await rules.find("rul_other")).toBeUndefined();
  });

  it("lists the newest first, filtered and by pages, and counts all [FR-013]", async () => {
    const { rules } = open();
    for (let n = 0; n < 5; n++) {
      const level = n % 2 === 0 ? "critical" : "info";
      await rules.create(ruleOf({ ruleId: `rul_${n}`, level, enabled: n !== 4, createdAt: seconds(n) }), []);
    }
    const ids = async (filter: object) => {
      const { rules: found, count } = await rules.list({ limit: 10, offset: 0, ...filter });
      return [found.map(({ ruleId }) => ruleId).join(" "), count];
    };
    expect(await ids({})).toEqual(["rul_4 rul_3 rul_2 rul_1 rul_0", 5]);
    expect(await ids({ limit: 2, offset: 1 })).toEqual(["rul_3 rul_2", 5]);
    expect(await ids({ level: "critical", enabled: true })).toEqual(["rul_2 rul_0", 2]);
    expect(await ids({ metricName: "humidity" })).toEqual(["", 0]);
  });

  it("replaces all of a rule but who made it, and turns it on and off", async () => {
    const { rules } = open();
    await rules.create(ruleOf(), []);
    const changed = ruleOf({
      threshold: 95,
      updatedAt: seconds(9),
      createdBy: "key_2",
      createdAt: seconds(9),
    });
    const replaced = await rules.replace(changed, []);
    expect(replaced).toEqual({ ...changed, createdBy: "key_1", createdAt: NOON, totalTriggers: 0 });
    expect(await rules.setEnabled("rul_hot", false, seconds(10), [])).toMatchObject({ enabled: false });
    expect(await rules.find("rul_hot")).toMatchObject({
      enabled: false,
      updatedAt: seconds(10),
      threshold: 95,
    });
    expect(await rules.replace(ruleOf({ ruleId: "rul_none" }), [eventOf("x")])).toBeUndefined();
    expect(await rules.setEnabled("rul_none", true, NOON, [eventOf("x")])).toBeUndefined();
  });

  it("commits the events of a change with it, and none of a change that was none", async () => {
    const { rules, outbox } = open();
    await rules.create(ruleOf(), [eventOf("created")]);
    await rules.setEnabled("rul_hot", false, NOON, [eventOf("off")]);
    await rules.replace(ruleOf(), [eventOf("replaced")]);
    await rules.remove("rul_hot", [eventOf("deleted")], closing);
    expect(await rules.remove("rul_hot", [eventOf("deleted again")], closing)).toBe(false);
    const told: string[] = [];
    await outbox.drain(async (events) => void told.push(...events.map(({ id }) => id)), 10);
    expect(told).toEqual(["created", "off", "replaced", "deleted"]);
  });

  it("hands out all that is enabled and not over as a book, whose revision grows with every change", async () => {
    const { rules, silences } = open();
    const revisions = [await rules.revision()];
    const changes = [
      () => rules.create(ruleOf(), []),
      () => rules.create(ruleOf({ ruleId: "rul_off", enabled: false }), []),
      () => silences.create(silenceOf()),
      () => silences.create(silenceOf({ silenceId: "sil_over", endsAt: seconds(-1) })),
      () => rules.setEnabled("rul_off", true, NOON, []),
      () => rules.setEnabled("rul_hot", false, NOON, []),
      () => silences.remove("sil_over"),
    ];
    for (const change of changes) {
      await change();
      revisions.push(await rules.revision());
    }
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    const book = await rules.book(NOON);
    expect(book.revision).toBe(revisions.at(-1));
    expect(book.rules.map(({ ruleId }) => ruleId)).toEqual(["rul_off"]);
    expect(book.silences).toEqual([silenceOf()]);
  });

  it("lists silences by their end, finds and removes them", async () => {
    const { silences } = open();
    await silences.create(silenceOf({ silenceId: "sil_late", endsAt: seconds(7_200) }));
    await silences.create(silenceOf());
    const page = { endingAfter: NOON, limit: 10, offset: 0 };
    const { silences: found, count } = await silences.list(page);
    expect([found.map(({ silenceId }) => silenceId), count]).toEqual([["sil_1", "sil_late"], 2]);
    expect(await silences.find("sil_1")).toEqual(silenceOf());
    expect([await silences.remove("sil_1"), await silences.remove("sil_1")]).toEqual([true, false]);
    expect((await silences.list({ ...page, endingAfter: seconds(7_200) })).count).toBe(0);
  });
}
