import type { Alert } from "../../layers/core/alerting/alert.ts";
import { type AlertEventContext, alertEvent } from "../../layers/core/alerting/alert-event.ts";
import { judgeMark, judgePoints, type Verdict } from "../../layers/core/alerting/judge.ts";
import type { RuleBook } from "../../layers/core/alerting/rule-book.ts";
import type { Event } from "../../layers/core/envelope.ts";
import type { Effects } from "../../layers/storage/registry/port.ts";
import type { Arrival, Tick } from "./arrival.ts";
import { type Concerned, concernedBy, type Observation } from "./concerned.ts";

/** Pairs that are judged at once for a tick. */
const PER_ROUND = 1_000;

/** @returns how many events follow */
export async function evaluatePoints(
  arrivals: readonly Arrival[],
  book: RuleBook,
  { judging, announce }: Effects,
): Promise<number> {
  const concerned = concernedBy(arrivals, book);
  if (concerned.length === 0) return 0;
  const byPair = new Map(concerned.map((each) => [keyOf(each.booked.rule.ruleId, each.deviceId), each]));
  const pairs = concerned.map(({ booked, deviceId }) => ({ ruleId: booked.rule.ruleId, deviceId }));
  let verdicts: Verdict[] = [];
  const resolved = await judging.judge(pairs, (states) => {
    verdicts = states.flatMap((pair) => {
      const each = byPair.get(keyOf(pair.ruleId, pair.deviceId));
      return each ? [judgePoints(each.booked, pair, each.points, silencedIn(book, each))] : [];
    });
    return verdicts;
  });
  const contextOf = ({ ruleId, deviceId }: Alert, at: number) =>
    contextAt(byPair.get(keyOf(ruleId, deviceId))?.points ?? [], at);
  const events = eventsOf(verdicts, resolved, contextOf);
  await announce(events);
  return events.length;
}

/** @returns how many events follow */
export async function evaluateTick(
  { partition, mark, correlationId }: Arrival & Tick,
  book: RuleBook,
  { judging, announce }: Effects,
): Promise<number> {
  let told = 0;
  for (;;) {
    const pairs = await judging.due(partition, mark, PER_ROUND);
    let verdicts: Verdict[] = [];
    const resolved = await judging.judge(pairs, (states) => {
      verdicts = states.flatMap((pair) => {
        // A rule that was made within the second waits for the next tick.
        const booked = book.find(pair.ruleId);
        if (!booked) return [];
        return [judgeMark(booked, pair, mark, silencedIn(book, { booked, deviceId: pair.deviceId }))];
      });
      return verdicts;
    });
    const events = eventsOf(verdicts, resolved, (_, time) => ({ time, correlationId }));
    await announce(events);
    told += events.length;
    if (pairs.length < PER_ROUND || verdicts.length === 0) return told;
  }
}

const keyOf = (ruleId: string, deviceId: string): string => `${ruleId}\n${deviceId}`;

const silencedIn =
  (book: RuleBook, { booked, deviceId }: Pick<Concerned, "booked" | "deviceId">) =>
  (at: number): boolean =>
    book.isSilenced(booked.rule, deviceId, at);

/** What was resolved is told before what was raised: of one pair it was first. */
function eventsOf(
  verdicts: readonly Verdict[],
  resolved: readonly Alert[],
  contextOf: (alert: Alert, at: number) => AlertEventContext,
): Event[] {
  const raised = verdicts.flatMap((verdict) => verdict.raised ?? []);
  return [
    ...resolved.map((alert) => alertEvent("resolved", alert, contextOf(alert, alert.resolvedAt ?? 0))),
    ...raised.map((alert) => alertEvent("triggered", alert, contextOf(alert, alert.triggeredAt))),
  ];
}

/** The event happens when its cause is known, and follows from the measurements that made it so. */
function contextAt(points: readonly Observation[], at: number): AlertEventContext {
  const cause = points.find(({ time }) => time === at) ?? points.at(-1);
  if (!cause) throw new Error("an alert was judged without a point");
  const { acceptedAt, from } = cause;
  return { time: acceptedAt, correlationId: from.correlationId, parent: from.identity };
}
