import { isObject } from "../../../layers/core/log-fields.ts";
import type { Failure, Lane } from "../lanes.ts";
import type { Answer } from "./sender.ts";

/** What an answer means for the records that were sent. */
export type Verdict =
  /** They are safe in the platform, but for the failures. */
  | { kind: "stored"; failures: Failure[] }
  /** Too much at once. */
  | { kind: "split" }
  /** None of them will ever be taken. */
  | { kind: "refused"; reason: string }
  | Later;

/** Nothing is known of them, or it may pass later: they are sent again. */
export interface Later {
  kind: "later";
  reason: string;
  retryAfterMs?: number | undefined;
  /** There was no answer in time. */
  isTimeout?: boolean;
}

/** They say that the content is at fault, and that no repeat will help. */
const TOO_LARGE = 413;
const FINAL = [400, TOO_LARGE, 422];
const SHOWN = 300;

export function verdictOf(answer: Answer, lane: Lane, records: readonly Buffer[], now: number): Verdict {
  const { status, body, headers } = answer;
  if (status >= 200 && status < 300) {
    const failures = lane.failuresIn(body, records);
    return failures
      ? { kind: "stored", failures }
      : { kind: "later", reason: `answered ${status} with what is no answer of the platform's` };
  }
  if (status === TOO_LARGE && records.length > 1) return { kind: "split" };
  const reason = `answered ${status}: ${detailOf(body)}`;
  // Whoever answers without the platform's words has not read it: a proxy, a wrong address.
  if (FINAL.includes(status) && isProblem(body)) return { kind: "refused", reason };
  return { kind: "later", reason, retryAfterMs: retryAfterMs(headers["retry-after"], now) };
}

const isProblem = (body: unknown): body is { detail: string } =>
  isObject(body) && typeof body.detail === "string" && typeof body.request_id === "string";

function detailOf(body: unknown): string {
  if (isObject(body) && typeof body.detail === "string") return body.detail.slice(0, SHOWN);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.replace(/\s+/g, " ").trim().slice(0, SHOWN) || "nothing more";
}

/** Longer than that nobody means. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Seconds, or a date (RFC 9110, section 10.2.3). @param now milliseconds since the Unix epoch */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms)) : undefined;
}
