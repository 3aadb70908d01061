import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldBack, planSending, type Waiting } from "./ceiling.ts";
import type { Notification } from "./notification.ts";
import { severities } from "./paging.ts";

const waiting = (id: number, given: Partial<Waiting & Notification> = {}): Waiting => ({
  id,
  attempts: given.attempts ?? 0,
  metered: given.metered ?? true,
  notification: {
    dedupKey: `ntf_${id}`,
    incident: `i${id}`,
    action: "trigger",
    form: "first",
    severity: given.severity ?? "error",
    title: given.title ?? `title ${id}`,
    text: "",
    details: {},
    type: "api.error",
    source: "/shop",
    eventId: `e${id}`,
    correlationId: "c",
    count: given.count ?? 1,
    firstAt: id,
    lastAt: id,
  },
});
const many = (count: number) => Array.from({ length: count }, (_, i) => waiting(i + 1));
const ids = (list: readonly Waiting[]) => list.map(({ id }) => id);

describe("a channel's ceiling", () => {
  it("lets through what fits", () => {
    expect(planSending(many(10), 10)).toEqual({ send: many(10), fold: [] });
  });

  it("folds what is beyond it into one message, whose place it keeps", () => {
    const { send, fold } = planSending(many(1_000), 10);
    expect(ids(send)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fold).toHaveLength(991);
  });

  it("sends the most severe, in their order", () => {
    const due = [...many(10), waiting(11, { severity: "critical" }), waiting(12, { severity: "emergency" })];
    expect(ids(planSending(due, 3).send)).toEqual([11, 12]);
  });

  it("folds nothing where nothing is left, but lets through what pages nobody", () => {
    const due = [waiting(1), waiting(2, { metered: false }), waiting(3)];
    expect(planSending(due, 0)).toEqual({ send: [due[1]], fold: [] });
  });

  it("folds nothing that may have arrived already", () => {
    const due = Array.from({ length: 5 }, (_, i) => waiting(i, { attempts: i < 3 ? 1 : 0 }));
    const { send, fold } = planSending(due, 2);
    expect(ids(send)).toEqual([0]);
    expect(ids(fold)).toEqual([3, 4]);
  });

  it("does not put one message in the place of one", () => {
    const due = [...many(2).map((each) => ({ ...each, attempts: 1 })), waiting(3)];
    expect(ids(planSending(due, 2).send)).toEqual([1, 2]);
  });

  it("neither loses nor doubles any, and stays within the budget", () => {
    const one = fc.record({
      attempts: fc.nat(1),
      metered: fc.boolean(),
      severity: fc.constantFrom(...severities),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.integer({ min: -3, max: 20 }), (given, budget) => {
        const due = given.map((each, i) => waiting(i, each));
        const { send, fold } = planSending(due, budget);
        expect(new Set([...send, ...fold]).size).toBe(send.length + fold.length);
        const messages = send.filter(({ metered }) => metered).length + Number(fold.length > 0);
        expect(messages).toBeLessThanOrEqual(Math.max(0, budget));
        expect(ids(send)).toEqual(ids(send).toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("the message that stands for others", () => {
  it("says how many they are, how many events they stand for, and which", () => {
    const folded = [
      waiting(1, { title: "disk", count: 5 }),
      waiting(2, { title: "boom", severity: "critical", count: 70 }),
      waiting(3, { title: "disk", count: 6 }),
    ];
    expect(heldBack("ops", folded)).toMatchObject({
      form: "held_back",
      title: "3 more notifications were held back",
      text: "They stand for 81 events. Among them:\n70 × boom\n11 × disk",
      severity: "critical",
      count: 81,
      firstAt: 1,
      lastAt: 3,
    });
  });
});
