import type { AlertRule } from "../../layers/core/alerting/alert-rule.ts";
import { termsOf } from "../../layers/core/alerting/alert-rule.ts";
import type { Clock } from "../../layers/core/clock.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import type { Point } from "../../layers/core/measurement.ts";
import { advance, type Change, INITIAL, observe, type PairState } from "../../layers/core/rules/evaluate.ts";
import type { RuleTerms } from "../../layers/core/rules/rule.ts";
import { formatTime, MICROS_PER_DAY, type Micros, parseTime } from "../../layers/core/time.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";

const MAX_POINTS = 200_000;
/** API Gateway gives up after 29 s. */
const MAX_MS = 20_000;
const MAX_ALERTS = 1_000;
const MAX_DAYS = 31;
/** Few enough that a page of points as large as points may be fits into the memory. */
const PER_PAGE = 2_000;

interface Range {
  from: Micros;
  to: Micros;
}

/** @throws {RefusedError} 422 it is empty or too long */
export function previewRange({ start_time, end_time }: { start_time: string; end_time: string }): Range {
  const [from = 0, to = 0] = [parseTime(start_time), parseTime(end_time)];
  if (from < to && to - from <= MAX_DAYS * MICROS_PER_DAY) return { from, to };
  const message =
    from < to ? `must be at most ${MAX_DAYS} days after start_time` : "must be after start_time";
  throw new RefusedError(422, `end_time: ${message}`, [{ path: "end_time", message }]);
}

interface Raised {
  device_id: string;
  kind: "threshold" | "no_data";
  triggered_at: string;
  resolved_at: string | null;
  breaches: number;
  current_value: number | null;
}

export interface PreviewSources {
  measurements: Pick<Measurements, "points">;
  clock: Clock;
  /** Of the rule's groups: their devices. */
  groups: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Evaluates what is stored as if each point had come at its own time. */
export async function preview(
  rule: AlertRule,
  { from, to }: Range,
  { measurements, groups, clock }: PreviewSources,
) {
  const devices = new Set([
    ...rule.deviceIds,
    ...rule.deviceGroups.flatMap((name) => [...(groups.get(name) ?? [])]),
  ]);
  const ofNobody = devices.size === 0 && rule.deviceGroups.length > 0;
  const replay = new Replay(termsOf(rule));
  const query = { devices: [...devices], metrics: [rule.metricName], from, to, limit: PER_PAGE };
  const giveUpAt = clock.now() + MAX_MS;
  const isEnough = () => replay.isFull || clock.now() >= giveUpAt;
  let cursor: string | undefined;
  let until = to;
  do {
    if (ofNobody) break;
    const page = await measurements.points({ ...query, cursor });
    for (const point of page.items) replay.take(point);
    cursor = page.next;
    until = cursor === undefined ? to : (page.items.at(-1)?.time ?? to);
  } while (cursor !== undefined && !isEnough());
  replay.end(until);
  return {
    alerts: replay.raised.slice(0, MAX_ALERTS),
    count: Math.min(replay.raised.length, MAX_ALERTS),
    devices_evaluated: replay.devices,
    points_evaluated: replay.points,
    truncated: cursor !== undefined || replay.raised.length > MAX_ALERTS,
    evaluated_until: formatTime(until),
  };
}

/** Points in the order of their times, device by device. */
class Replay {
  readonly raised: Raised[] = [];
  points = 0;
  readonly #terms: RuleTerms;
  readonly #states = new Map<string, PairState>();
  readonly #open = new Map<string, Raised>();

  constructor(terms: RuleTerms) {
    this.#terms = terms;
  }

  get devices(): number {
    return this.#states.size;
  }

  get isFull(): boolean {
    return this.points >= MAX_POINTS || this.raised.length > MAX_ALERTS;
  }

  take({ deviceId, time, value }: Point): void {
    this.points++;
    if (typeof value !== "number") return;
    const state = this.#advanced(deviceId, time);
    const { state: next, changes } = observe(this.#terms, state, [{ time, acceptedAt: time, value }]);
    this.#states.set(deviceId, next);
    this.#note(deviceId, changes);
  }

  end(at: Micros): void {
    for (const deviceId of this.#states.keys()) this.#states.set(deviceId, this.#advanced(deviceId, at));
    this.raised.sort(
      (a, b) => Number(a.triggered_at > b.triggered_at) - Number(a.triggered_at < b.triggered_at),
    );
  }

  #advanced(deviceId: string, mark: Micros): PairState {
    let state = this.#states.get(deviceId) ?? INITIAL;
    for (let step = advance(this.#terms, state, mark); step.changes.length > 0; ) {
      state = step.state;
      this.#note(deviceId, step.changes);
      step = advance(this.#terms, state, mark);
    }
    return state;
  }

  #note(deviceId: string, changes: readonly Change[]): void {
    for (const change of changes) {
      const open = this.#open.get(deviceId);
      if (change.kind === "raised") this.#raise(deviceId, change);
      else if (change.kind === "resolved" && open) {
        open.resolved_at = formatTime(change.at);
        this.#open.delete(deviceId);
      } else if (change.kind === "breached" && open) {
        open.breaches++;
        open.current_value = change.value;
      }
    }
  }

  #raise(device_id: string, { alert: kind, at, value }: Extract<Change, { kind: "raised" }>): void {
    const alert: Raised = {
      ...{ device_id, kind, triggered_at: formatTime(at), resolved_at: null, breaches: 1 },
      current_value: value ?? null,
    };
    this.raised.push(alert);
    this.#open.set(device_id, alert);
  }
}
