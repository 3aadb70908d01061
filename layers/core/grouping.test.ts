import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "./envelope.ts";
import { addToGroup, endWindow, type Group, grouping } from "./grouping.ts";
import { groupKeyOf, type Notification, notificationOf } from "./notification.ts";
import { microsOf } from "./time.ts";

const START = Date.UTC(2026, 6, 7, 12);
const MINUTE = microsOf(60_000);
const place = { channel: "ops", key: "k" };

const error = (id: string, data: object = {}, given: Partial<Event> = {}): Event => ({
  specversion: "1.0",
  id,
  source: "/shop",
  type: "api.error",
  time: new Date(START).toISOString(),
  correlation_id: "c",
  data: { message: "boom", endpoint: "/cart", error_type: "TypeError", ...data },
  ...given,
});
const told = (id: string, severity: Notification["severity"] = "error") =>
  notificationOf(error(id), { handling: "grouped", severity }, "ops");

/** A channel's group under a sequence of errors and windows that end, with everything that was told. */
function play(steps: readonly ("error" | "end")[]) {
  let group: Group | undefined;
  const said: Notification[] = [];
  let now = microsOf(START);
  steps.forEach((step, i) => {
    if (step === "error") {
      const added = addToGroup(group, place, told(`e${i}`), now);
      group = added.group;
      if (added.tell) said.push(added.tell);
    } else if (group) {
      now = group.windowEndsAt;
      const ended = endWindow(group, now);
      group = ended.group;
      said.push(ended.tell);
    }
  });
  return { group, said };
}

describe("a group of errors", () => {
  it("tells the first at once, and the others of the window in one summary", () => {
    const { said } = play(["error", ...Array.from({ length: 999 }, () => "error" as const), "end"]);
    expect(said.map(({ form, count }) => [form, count])).toEqual([
      ["first", 1],
      ["summary", 999],
    ]);
    expect(said[1]?.title).toBe("999 more: TypeError at /cart: boom");
    expect(said[1]?.text).toContain("1000 in all");
  });

  it("has windows that grow, up to an hour", () => {
    const steps = Array.from({ length: 7 }, () => ["error", "end"] as const).flat();
    let group = play(["error"]).group;
    const windows = steps.flatMap((step) => {
      if (!group) return [];
      if (step === "error") group = addToGroup(group, place, told("e"), 0).group;
      else group = endWindow(group, 0).group;
      return step === "end" && group ? [group.windowMicros / MINUTE] : [];
    });
    expect(windows).toEqual([10, 20, 40, 60, 60, 60, 60]);
  });

  it("ends with a quiet window, and the next one is another matter", () => {
    const { said, group } = play(["error", "end", "error"]);
    expect(said.map(({ form }) => form)).toEqual(["first", "quiet", "first"]);
    expect(said[1]).toMatchObject({ action: "resolve", count: 0, incident: said[0]?.incident });
    expect(said[2]?.incident).not.toBe(said[0]?.incident);
    expect(group?.windowMicros).toBe(grouping.firstWindowMicros);
  });

  it("says the worst severity, the first and the last time of what it sums up", () => {
    const at = (ms: number, severity: Notification["severity"]) => {
      const event = error(`e${ms}`, {}, { time: new Date(START + ms).toISOString() });
      return notificationOf(event, { handling: "grouped", severity }, "ops");
    };
    let { group } = addToGroup(undefined, place, at(0, "emergency"), 0);
    for (const each of [at(9_000, "warning"), at(2_000, "critical"), at(5_000, "error")]) {
      group = addToGroup(group, place, each, 0).group;
    }
    expect(endWindow(group, 0).tell).toMatchObject({
      severity: "critical",
      firstAt: microsOf(START + 2_000),
      lastAt: microsOf(START + 9_000),
      count: 3,
    });
  });

  it("tells of every event once, whatever comes when", () => {
    const steps = fc.array(fc.constantFrom("error" as const, "error" as const, "end" as const), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (steps) => {
        const { group, said } = play(steps);
        const counted = said.reduce((sum, { count }) => sum + count, 0) + (group?.held ?? 0);
        expect(counted).toBe(steps.filter((step) => step === "error").length);
        expect(new Set(said.map(({ dedupKey }) => dedupKey)).size).toBe(said.length);
      }),
    );
  });
});

describe("the key of a group", () => {
  it("is the source, the type, the kind of error and the endpoint", () => {
    const key = groupKeyOf(error("a"));
    expect(groupKeyOf(error("b", { message: "another", stack_trace: "s" }))).toBe(key);
    const others = [
      error("c", { endpoint: "/pay" }),
      error("c", { error_type: "RangeError" }),
      error("c", {}, { source: "/shop/2" }),
      error("c", {}, { type: "edge.disk.low" }),
    ];
    expect(new Set([key, ...others.map(groupKeyOf)]).size).toBe(5);
  });

  it("is the same under every name for the same field", () => {
    const nested = {
      message: undefined,
      error_type: undefined,
      error: { message: "boom", type: "TypeError" },
    };
    expect(groupKeyOf(error("b", nested))).toBe(groupKeyOf(error("a")));
  });
});
