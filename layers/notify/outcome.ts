import { oneLine } from "../core/notification.ts";
import type { PostAnswer } from "./poster.ts";

/** What became of one try: taken, to be tried again, or refused for good. Details never hold a secret. */
export type Outcome =
  | { kind: "sent"; detail: string }
  | { kind: "later"; detail: string; retryAfterMs?: number }
  | { kind: "never"; detail: string };

/** RFC 9110: request timeout, RFC 8470: too early, RFC 6585: too many requests. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
const LONGEST_ANSWER = 500;
/** Nobody is waited for longer: an answer that asks for days is a mistake more likely than a wish. */
const LONGEST_WAIT_MS = 60 * 60_000;

/**
 * What an answer means: success is taken; a server's trouble and what asks for patience may pass; anything else will
 * never, a redirect included, since it is not followed.
 */
export function outcomeOf({ status, text, retryAfter }: PostAnswer, now: number): Outcome {
  const detail = oneLine(`${status} ${text.slice(0, LONGEST_ANSWER)}`);
  if (status >= 200 && status < 300) return { kind: "sent", detail };
  if (status >= 500 || PASSING.has(status)) return { kind: "later", detail, ...waiting(retryAfter, now) };
  if (status < 400) return { kind: "never", detail: `${detail} (redirects are not followed)` };
  return { kind: "never", detail };
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function waiting(retryAfter: string | undefined, now: number): { retryAfterMs?: number } {
  if (retryAfter === undefined) return {};
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, ms), LONGEST_WAIT_MS) };
}
