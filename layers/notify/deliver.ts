import { heldBack, planSending } from "../core/ceiling.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { MICROS_PER_MS, microsOf } from "../core/time.ts";
import type { Claim, Delivery, Notifications } from "../storage/registry/port/notifications.ts";
import type { Outcome } from "./outcome.ts";
import type { Send } from "./sender.ts";

export interface DeliveryDependencies {
  notifications: Notifications;
  send: Send;
  clock: Clock;
  logger: Logger;
  /** From 0 up to 1. @default Math.random */
  random?: () => number;
}

/** A holder that ended without a word holds its channel so long. */
const CLAIM_MICROS = microsOf(60_000);
/** Ends well before the claim does, one more call included. */
const PASS_MS = 20_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Delivers what is due, to all channels at the same time and to each in order. Between sending and writing down that
 * it was sent lies the only gap: who ends there sends once more, with the same key.
 */
export async function deliverDue(dependencies: DeliveryDependencies): Promise<void> {
  const { notifications, clock } = dependencies;
  const until = clock.now() + PASS_MS;
  const names = await notifications.waiting(microsOf(clock.now()));
  await Promise.all(names.map((name) => deliverTo(name, until, dependencies)));
}

async function deliverTo(name: string, until: number, dependencies: DeliveryDependencies): Promise<void> {
  const { notifications, clock } = dependencies;
  while (clock.now() < until) {
    const claim = await notifications.claim(name, microsOf(clock.now()), CLAIM_MICROS);
    if (!claim) return;
    const went = await deliverClaimed(claim, until, dependencies);
    if (went === "on") continue;
    if (went === "no further") return;
    // What was recorded while this held the channel, and found it held, is looked for once more.
    if (!(await notifications.waiting(microsOf(clock.now()))).includes(name)) return;
  }
}

/** @returns whether it is worth looking again: there was nothing, it went on, or the ceiling or a failure ended it */
async function deliverClaimed(
  claim: Claim,
  until: number,
  dependencies: DeliveryDependencies,
): Promise<"nothing" | "on" | "no further"> {
  const { notifications, clock } = dependencies;
  let pause: { until: number; failures: number } | undefined;
  let failures = claim.failures;
  try {
    const planned = await plan(claim, dependencies);
    for (const delivery of planned) {
      if (clock.now() >= until) break;
      const pauseMs = await attempt(claim, delivery, failures, dependencies);
      if (pauseMs === undefined) {
        failures = 0;
        continue;
      }
      failures++;
      pause = { until: microsOf(clock.now() + pauseMs), failures };
      break;
    }
    const isAtCeiling = claim.sentInMinute >= claim.channel.maxPerMinute;
    if (claim.due.length === 0) return isAtCeiling ? "no further" : "nothing";
    return planned.length === 0 || pause ? "no further" : "on";
  } finally {
    await notifications.release(claim, pause ?? { until: 0, failures });
  }
}

/** What is sent now: what the channel's ceiling lets through, and the message that stands for the rest. */
async function plan(
  { channel, due, sentInMinute }: Claim,
  dependencies: DeliveryDependencies,
): Promise<Delivery[]> {
  const { notifications, clock, logger } = dependencies;
  const { send, fold } = planSending(due, channel.maxPerMinute - sentInMinute);
  if (fold.length === 0) return [...send];
  const into = heldBack(channel.name, fold);
  const ids = fold.map(({ id }) => id);
  logger.warn("notifications are held back", { channel: channel.name, count: ids.length });
  return [...send, await notifications.fold(channel.name, ids, into, microsOf(clock.now()))];
}

/** @returns how long to leave the channel alone, if it is in trouble */
async function attempt(
  { channel }: Claim,
  { id, attempts, notification }: Delivery,
  failures: number,
  { notifications, send, clock, logger, random = Math.random }: DeliveryDependencies,
): Promise<number | undefined> {
  const outcome = await send(channel, notification);
  const now = microsOf(clock.now());
  const about = { channel: channel.name, notification: notification.dedupKey, detail: outcome.detail };
  if (outcome.kind !== "later") {
    await notifications.settle(
      id,
      { state: outcome.kind === "sent" ? "sent" : "failed", detail: outcome.detail },
      now,
    );
    if (outcome.kind === "never") logger.error("a notification was refused for good", about);
    return undefined;
  }
  const nextAt = now + waitMs(outcome, attempts, random()) * MICROS_PER_MS;
  await notifications.settle(id, { state: "pending", detail: outcome.detail, nextAt }, now);
  logger.warn("a notification will be tried again", { ...about, attempt: attempts + 1 });
  return waitMs(outcome, failures, random());
}

/**
 * Exponential, with jitter over its upper half, so that not all come back at one moment; or what the other side asked
 * for, if that is longer.
 */
export function waitMs(
  { retryAfterMs = 0 }: Pick<Extract<Outcome, { kind: "later" }>, "retryAfterMs">,
  before: number,
  random: number,
): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(before, 30), LONGEST_PAUSE_MS);
  return Math.max(retryAfterMs, Math.round((full * (1 + random)) / 2));
}
