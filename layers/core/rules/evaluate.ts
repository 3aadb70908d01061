import { MICROS_PER_SECOND, type Micros } from "../time.ts";
import { breaches, holds, horizonOf, isHistorical, type Observed, type RuleTerms, windowOf } from "./rule.ts";

// One rule and one device.
//
//              triggerCount breaches within the window, out of cooldown
//   closed ───────────────────────────────────────────────────────────▶ open (threshold)
//     ▲  ▲    nothing held it for autoResolveSeconds before the mark       │
//     │  └─────────────────────────────────────────────────────────────────┘
//     │       silent for noDataSeconds before the mark
//     └──────────────────────────────────────────────────────▶ open (no_data), closed by the next point
//
// Time is the points' own. The mark is how far the device's partition has been evaluated: everything accepted before
// it has been seen, so that a queue which stalls resolves nothing and silences nobody.
//
// A breach is told from others by its time alone: the same point twice is one. Breaches up to `countFrom` belong to
// an alert that is closed, and never raise another.

export interface PairState {
  /** Times of breaches that may still come to raise an alert; distinct and ascending. Empty while one is open. */
  breaches: readonly Micros[];
  countFrom: Micros;
  /** The time of the breach that raised the last alert. */
  raisedAt?: Micros;
  /** Of a rule with `noDataSeconds`: the newest time that the device reported. */
  reportedAt?: Micros;
  open?: OpenAlert;
}

export interface OpenAlert {
  kind: "threshold" | "no_data";
  /** The newest time that held it open. */
  heldAt: Micros;
}

export const INITIAL: PairState = { breaches: [], countFrom: Number.MIN_SAFE_INTEGER };

/** What is to be done, in order. */
export type Change =
  | { kind: "raised"; alert: OpenAlert["kind"]; at: Micros; value?: number }
  | { kind: "breached"; at: Micros; value: number }
  | { kind: "resolved"; at: Micros }
  | { kind: "historical"; at: Micros; value: number };

export interface Evaluation {
  state: PairState;
  changes: readonly Change[];
}

/** A bound for what a device that breaches without end can make us keep while no alert may be raised. */
const KEPT_PER_TRIGGER = 4;

/** Takes in what the device reported, in any order. Whatever was due before, by `advance`, must be done already. */
export function observe(rule: RuleTerms, before: PairState, points: readonly Observed[]): Evaluation {
  const changes: Change[] = [];
  let state = before;
  for (const point of [...points].sort((a, b) => a.time - b.time)) {
    state = observeOne(rule, reported(rule, state, point, changes), point, changes);
  }
  return { state, changes };
}

/** Does what is due by the mark: resolves what nothing holds any more, and raises what has fallen silent. */
export function advance(rule: RuleTerms, state: PairState, mark: Micros): Evaluation {
  const { open, reportedAt } = state;
  if (open) {
    const due = rule.autoResolveSeconds !== undefined && open.kind === "threshold";
    const until = open.heldAt + (rule.autoResolveSeconds ?? 0) * MICROS_PER_SECOND;
    if (!due || until >= mark) return { state, changes: [] };
    return { state: closed(state, until), changes: [{ kind: "resolved", at: until }] };
  }
  if (rule.noDataSeconds === undefined || reportedAt === undefined) return { state, changes: [] };
  const silentSince = reportedAt + rule.noDataSeconds * MICROS_PER_SECOND;
  if (silentSince >= mark || silentSince <= state.countFrom || isCooling(rule, state, silentSince)) {
    return { state, changes: [] };
  }
  return {
    state: { ...state, breaches: [], raisedAt: silentSince, open: { kind: "no_data", heldAt: silentSince } },
    changes: [{ kind: "raised", alert: "no_data", at: silentSince }],
  };
}

/** The state after somebody, or something, has closed the alert; nothing up to `at` counts towards the next. */
export const closed = ({ raisedAt, reportedAt, countFrom }: PairState, at: Micros): PairState => ({
  breaches: [],
  countFrom: Math.max(countFrom, at),
  raisedAt,
  reportedAt,
});

/** Whether the state says no more than the initial one, for a rule that does not ask for silence. */
export const isForgettable = (rule: RuleTerms, state: PairState, mark: Micros): boolean =>
  state.open === undefined &&
  rule.noDataSeconds === undefined &&
  state.breaches.every((time) => time < mark - horizonOf(rule)) &&
  state.countFrom < mark - horizonOf(rule) &&
  (state.raisedAt === undefined || !isCooling(rule, state, mark - horizonOf(rule)));

/** A device that reports again is no longer silent. */
function reported(rule: RuleTerms, state: PairState, { time }: Observed, changes: Change[]): PairState {
  if (rule.noDataSeconds === undefined || time <= (state.reportedAt ?? Number.MIN_SAFE_INTEGER)) return state;
  const heard = { ...state, reportedAt: time };
  if (state.open?.kind !== "no_data" || time <= state.open.heldAt) return heard;
  changes.push({ kind: "resolved", at: time });
  // What the device reports now is news, the very point that ended the silence included.
  return { ...closed(heard, state.open.heldAt), reportedAt: time };
}

function observeOne(rule: RuleTerms, state: PairState, point: Observed, changes: Change[]): PairState {
  const { time, value } = point;
  if (state.open?.kind === "threshold") return holdOpen(rule, state, state.open, point, changes);
  if (!breaches(rule, value)) return state;
  if (isHistorical(rule, point)) {
    changes.push({ kind: "historical", at: time, value });
    return state;
  }
  if (state.open || time <= state.countFrom || state.breaches.includes(time)) return state;
  const times = [...state.breaches, time].sort((a, b) => a - b);
  const raisedAt = triggeredAt(rule, times, time);
  if (raisedAt === undefined || isCooling(rule, state, raisedAt)) {
    return { ...state, breaches: stillOfUse(rule, times) };
  }
  changes.push({ kind: "raised", alert: "threshold", at: raisedAt, value });
  const heldAt = times.at(-1) ?? time;
  return { ...state, breaches: [], raisedAt, open: { kind: "threshold", heldAt } };
}

function holdOpen(
  rule: RuleTerms,
  state: PairState,
  open: OpenAlert,
  point: Observed,
  changes: Change[],
): PairState {
  const { time, value } = point;
  if (!holds(rule, value)) return state;
  if (isHistorical(rule, point)) {
    if (breaches(rule, value)) changes.push({ kind: "historical", at: time, value });
    return state;
  }
  if (breaches(rule, value) && time > state.countFrom) changes.push({ kind: "breached", at: time, value });
  return time > open.heldAt ? { ...state, open: { ...open, heldAt: time } } : state;
}

/** The last of the `triggerCount` breaches around the new one that lie within one window; earliest such window. */
function triggeredAt(rule: RuleTerms, times: readonly Micros[], added: Micros): Micros | undefined {
  const { triggerCount } = rule;
  const at = times.indexOf(added);
  for (let first = Math.max(0, at - triggerCount + 1); first <= at; first++) {
    const from = times[first];
    const to = times[first + triggerCount - 1];
    if (from !== undefined && to !== undefined && to - from <= windowOf(rule)) return to;
  }
  return undefined;
}

const isCooling = ({ cooldownSeconds }: RuleTerms, { raisedAt }: PairState, at: Micros): boolean =>
  raisedAt !== undefined && at < raisedAt + cooldownSeconds * MICROS_PER_SECOND;

function stillOfUse(rule: RuleTerms, times: readonly Micros[]): Micros[] {
  const newest = times.at(-1) ?? 0;
  return times
    .filter((time) => time >= newest - horizonOf(rule))
    .slice(-KEPT_PER_TRIGGER * rule.triggerCount);
}
