import type { Api } from "../api.ts";
import { ApiError } from "../api.ts";
import {
  auditAnswer,
  deadLetterAnswer,
  deadLettersAnswer,
  eventsAnswer,
  type Found,
  logsAnswer,
  type TracedDeadLetter,
} from "./answers.ts";

export interface Gathered extends Found {
  /** What could not be asked, and why: the trace lacks it. */
  unanswered: string[];
  /** There is more than one page of something. */
  truncated: boolean;
}

const PAGE = 1_000;
/** Their attempts are a request each. */
const MAX_DETAILED = 50;

/** Asks every part of the platform. A part that does not answer, or that is not there, spoils none of the others. */
export async function gather(api: Api, correlationId: string, since: string): Promise<Gathered> {
  const unanswered: string[] = [];
  const query = new URLSearchParams({ correlation_id: correlationId, limit: String(PAGE) });
  const recent = new URLSearchParams(query);
  recent.set("start_time", since);
  const get = <Answer>(path: string, answer: Parameters<typeof api.call<Answer>>[0]["answer"]) =>
    api.call({ method: "GET", path, answer }).then(
      ({ body }) => body,
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        unanswered.push(error.message.split("\n", 1)[0] ?? "");
        return undefined;
      },
    );
  const [events, audit, letters, logs] = await Promise.all([
    get(`/api/v1/events?${recent}`, eventsAnswer),
    get(`/api/v1/audit?${query}`, auditAnswer),
    get(`/api/v1/dead-letters?${query}`, deadLettersAnswer),
    get(`/api/v1/logs?${recent}`, logsAnswer),
  ]);
  const deadLetters: TracedDeadLetter[] = [];
  for (const [i, letter] of (letters?.dead_letters ?? []).entries()) {
    const path = `/api/v1/dead-letters/${encodeURIComponent(letter.id)}`;
    const detail = i < MAX_DETAILED ? await get(path, deadLetterAnswer) : undefined;
    deadLetters.push({ ...letter, attempts: detail?.attempts ?? [] });
  }
  return {
    events: events?.events ?? [],
    audited: audit?.entries ?? [],
    deadLetters,
    logs: logs?.entries ?? [],
    unanswered,
    truncated:
      Math.max(events?.count ?? 0, logs?.count ?? 0) > PAGE ||
      Math.max(audit?.entries.length ?? 0, deadLetters.length) === PAGE,
  };
}
