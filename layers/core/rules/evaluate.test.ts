import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MICROS_PER_SECOND } from "../time.ts";
import {
  advance,
  type Change,
  closed,
  type Evaluation,
  INITIAL,
  isForgettable,
  observe,
  type PairState,
} from "./evaluate.ts";
import type { Observed, RuleTerms } from "./rule.ts";

const hot: RuleTerms = {
  ...{ condition: ">", threshold: 90, triggerCount: 3, evaluationWindowSeconds: 300 },
  ...{ cooldownSeconds: 900, autoResolveSeconds: 600 },
};

const micros = (seconds: number) => seconds * MICROS_PER_SECOND;
const at = (seconds: number, value: number, acceptedSeconds = seconds): Observed => ({
  time: micros(seconds),
  acceptedAt: micros(acceptedSeconds),
  value,
});

type Step = Observed | { mark: number } | { resolve: number };

/** Runs steps one after the other and says in short what came of each that brought a change. */
function timeline(rule: RuleTerms, steps: readonly Step[]): { told: string[]; state: PairState } {
  let state = INITIAL;
  const told: string[] = [];
  for (const step of steps) {
    const { state: next, changes } = run(rule, state, step);
    state = next;
    told.push(...changes.map(inShort));
  }
  return { told, state };
}

function run(rule: RuleTerms, state: PairState, step: Step): Evaluation {
  if ("mark" in step) return advance(rule, state, micros(step.mark));
  if ("resolve" in step) return { state: closed(state, micros(step.resolve)), changes: [] };
  return observe(rule, state, [step]);
}

const inShort = (change: Change) =>
  `${change.kind}${change.kind === "raised" && change.alert === "no_data" ? " no_data" : ""} ${change.at / MICROS_PER_SECOND}`;

describe("an alert rule", () => {
  it.each<[string, RuleTerms, Step[], string[]]>([
    [
      "raises at the breach that makes the count full",
      hot,
      [at(0, 91), at(60, 95), at(120, 99)],
      ["raised 120"],
    ],
    [
      "counts values on the threshold only where the condition does",
      hot,
      [at(0, 90), at(1, 90), at(2, 90)],
      [],
    ],
    ["forgets breaches that left the window", hot, [at(0, 91), at(200, 91), at(301, 91)], []],
    [
      "counts breaches at both ends of the window",
      hot,
      [at(0, 91), at(200, 91), at(300, 91)],
      ["raised 300"],
    ],
    ["counts a point once that is told twice", hot, [at(0, 91), at(0, 91), at(0, 91), at(9, 91)], []],
    [
      "counts breaches in whatever order they come",
      hot,
      [at(120, 91), at(0, 91), at(60, 91)],
      ["raised 120"],
    ],
    [
      "does not mind good values between the breaches",
      hot,
      [at(0, 91), at(10, 5), at(20, 91), at(30, 5), at(40, 91)],
      ["raised 40"],
    ],
    [
      "updates the open alert instead of raising another",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), at(3, 92), at(4, 93)],
      ["raised 2", "breached 3", "breached 4"],
    ],
    [
      "resolves once nothing has held it for the timeout before the mark, and not before",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), { mark: 602 }, { mark: 603 }],
      ["raised 2", "resolved 602"],
    ],
    [
      "is still held at the very end of the timeout",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), { mark: 602 }],
      ["raised 2"],
    ],
    [
      "resolves nothing while the mark stands still",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), at(5_000, 5), at(6_000, 5)],
      ["raised 2"],
    ],
    [
      "is held open by a breach that arrives out of order",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), at(500, 91), at(400, 91), { mark: 1_050 }, { mark: 1_101 }],
      ["raised 2", "breached 500", "breached 400", "resolved 1100"],
    ],
    [
      "raises no second alert within the cooldown",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), { mark: 700 }, at(800, 91), at(801, 91), at(802, 91)],
      ["raised 2", "resolved 602"],
    ],
    [
      "raises again at the first breach after the cooldown, if the window is full by then",
      hot,
      [at(0, 91), at(1, 91), at(2, 91), { mark: 700 }, at(880, 91), at(890, 91), at(900, 91), at(903, 91)],
      ["raised 2", "resolved 602", "raised 903"],
    ],
    [
      "raises again at the very end of the cooldown",
      { ...hot, triggerCount: 1 },
      [at(0, 91), { mark: 700 }, at(899, 91), at(900, 91)],
      ["raised 0", "resolved 600", "raised 900"],
    ],
    [
      "raises nothing for what happened before a silence while that lasts",
      { ...hot, triggerCount: 1, noDataSeconds: 60 },
      [at(100, 5), { mark: 161 }, at(120, 5, 121), at(110, 91, 170)],
      ["raised no_data 160"],
    ],
    [
      "counts nothing towards the next alert that belongs to the one before",
      { ...hot, cooldownSeconds: 0 },
      [at(0, 91), at(1, 91), at(2, 91), at(3, 91), { resolve: 5 }, at(4, 91), at(6, 91), at(7, 91)],
      ["raised 2", "breached 3"],
    ],
    [
      "pages nobody for the past of a device that catches up, and tells of it",
      hot,
      [at(0, 91, 5_000), at(1, 91, 5_000), at(2, 91, 5_000)],
      ["historical 0", "historical 1", "historical 2"],
    ],
    [
      "sees the present of a device that catches up at once",
      hot,
      [at(0, 91, 5_000), at(1, 91, 5_000), at(4_998, 91, 5_000), at(4_999, 91, 5_000), at(5_000, 91)],
      ["historical 0", "historical 1", "raised 5000"],
    ],
    [
      "still pages for what comes five minutes later than its window",
      hot,
      [at(0, 91, 600), at(1, 91, 600), at(2, 91, 600)],
      ["raised 2"],
    ],
    [
      "is held by a value between recovery and threshold, which raises nothing by itself",
      { ...hot, recoveryThreshold: 80 },
      [
        at(0, 85),
        at(1, 91),
        at(2, 91),
        at(3, 91),
        at(500, 85),
        { mark: 1_000 },
        at(1_050, 79),
        { mark: 1_101 },
      ],
      ["raised 3", "resolved 1100"],
    ],
    [
      "resolves by hand only, if it has no timeout",
      { ...hot, autoResolveSeconds: undefined },
      [at(0, 91), at(1, 91), at(2, 91), { mark: 1_000_000 }],
      ["raised 2"],
    ],
    [
      "says that a device is silent which has reported, once, and that it is back",
      { ...hot, noDataSeconds: 60 },
      [{ mark: 100 }, at(100, 5), { mark: 150 }, { mark: 161 }, { mark: 500 }, at(510, 5)],
      ["raised no_data 160", "resolved 510"],
    ],
    [
      "does not take a point of before the silence for the end of it",
      { ...hot, noDataSeconds: 60 },
      [at(100, 5), { mark: 161 }, at(90, 5, 161), { mark: 200 }],
      ["raised no_data 160"],
    ],
  ])("%s", (_, rule, steps, expected) => {
    expect(timeline(rule, steps).told).toEqual(expected);
  });

  it("never has more than one alert open, whatever comes in whatever order, and as often as it likes", () => {
    fc.assert(
      fc.property(rules, fc.array(steps, { maxLength: 60 }), (rule, taken) => {
        let open = false;
        let state = INITIAL;
        for (const step of taken) {
          const { state: next, changes } = run(rule, state, step);
          state = next;
          if ("resolve" in step) open = false;
          for (const change of changes) {
            if (change.kind === "raised") expect(open).toBe(false);
            if (change.kind === "resolved") expect(open).toBe(true);
            if (change.kind === "raised" || change.kind === "resolved") open = change.kind === "raised";
          }
          expect(state.open !== undefined).toBe(open);
        }
      }),
    );
  });

  it("answers a repeat of all that it has seen with nothing new", () => {
    fc.assert(
      fc.property(rules, fc.array(points, { maxLength: 30 }), (rule, taken) => {
        const once = observe(rule, INITIAL, taken);
        const again = observe(rule, once.state, taken);
        expect(again.changes.filter(({ kind }) => kind === "raised" || kind === "resolved")).toEqual([]);
        expect(again.state.open).toEqual(once.state.open);
      }),
    );
  });

  it("raises where a plain search through all that was reported finds a full window, and nowhere else", () => {
    fc.assert(
      fc.property(rules, fc.array(points, { maxLength: 40 }), (given, taken) => {
        const rule = { ...given, noDataSeconds: undefined };
        const distinct = [...new Map(taken.map((point) => [point.time, point])).values()];
        const { told } = timeline(rule, distinct);
        expect(told.some((text) => text.startsWith("raised"))).toBe(hasFullWindow(rule, distinct));
      }),
      { numRuns: 500 },
    );
  });

  it("forgets a state only if a new one would go on just as it would", () => {
    fc.assert(
      fc.property(
        rules,
        fc.array(steps, { maxLength: 20 }),
        fc.array(points, { maxLength: 20 }),
        fc.integer({ min: 0, max: 800 }),
        (rule, first, then, mark) => {
          const { state } = timeline(rule, first);
          if (!isForgettable(rule, state, micros(mark))) return;
          const later = then.map(({ time, value }) => at(mark - 300 + time / MICROS_PER_SECOND, value, mark));
          expect(observe(rule, state, later).changes).toEqual(observe(rule, INITIAL, later).changes);
        },
      ),
      { numRuns: 500 },
    );
  });
});

const rules: fc.Arbitrary<RuleTerms> = fc.record({
  condition: fc.constantFrom(">", "<", ">=", "<=", "==", "!="),
  threshold: fc.integer({ min: 0, max: 3 }),
  triggerCount: fc.integer({ min: 1, max: 4 }),
  evaluationWindowSeconds: fc.integer({ min: 1, max: 20 }),
  cooldownSeconds: fc.integer({ min: 0, max: 30 }),
  autoResolveSeconds: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  noDataSeconds: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
});

const points = fc
  .record({
    time: fc.integer({ min: 0, max: 100 }),
    value: fc.integer({ min: 0, max: 3 }),
    lateness: fc.constantFrom(0, 0, 0, 1, 30, 400),
  })
  .map(({ time, value, lateness }) => at(time, value, time + lateness));

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: points },
  { weight: 2, arbitrary: fc.record({ mark: fc.integer({ min: 0, max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ resolve: fc.integer({ min: 0, max: 100 }) }) },
);

/** By the words of the rule alone: some breach after which, within the window, there are enough of them. */
function hasFullWindow(rule: RuleTerms, taken: readonly Observed[]): boolean {
  const window = micros(rule.evaluationWindowSeconds);
  const inTime = taken.filter(({ time, acceptedAt }) => acceptedAt - time <= window + micros(300));
  const bad = inTime.filter(({ value }) => isBad(rule, value)).map(({ time }) => time);
  return bad.some(
    (from) => bad.filter((time) => time >= from && time - from <= window).length >= rule.triggerCount,
  );
}

function isBad({ condition, threshold }: RuleTerms, value: number): boolean {
  if (condition === ">") return value > threshold;
  if (condition === "<") return value < threshold;
  if (condition === ">=") return value >= threshold;
  if (condition === "<=") return value <= threshold;
  return condition === "==" ? value === threshold : value !== threshold;
}
