import { call } from "../../api/call.ts";
import { asApiError } from "../../api/error.ts";
import type { Found, TracedLetter } from "./hops.ts";

export interface Gathered extends Found {
  /** What could not be asked, and why: the trace lacks it. */
  unanswered: readonly string[];
  /** There is more than one page of something. */
  truncated: boolean;
}

const PAGE = 1_000;
/** Their attempts are a request each. */
const MOST_DETAILED = 50;
const DAYS = 30;
const DAY_MS = 86_400_000;

/** Asks every part of the platform. A part that does not answer spoils none of the others. */
export async function gather(correlationId: string, signal: AbortSignal): Promise<Gathered> {
  const unanswered: string[] = [];
  const ask = <Data>(what: string, asked: Promise<Data>): Promise<Data | undefined> =>
    asked.catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      unanswered.push(`${what}: ${asApiError(cause).message}`);
      return undefined;
    });
  const query = { correlation_id: correlationId, limit: PAGE };
  const recent = { ...query, start_time: new Date(Date.now() - DAYS * DAY_MS).toISOString() };
  const [events, audit, letters, logs] = await Promise.all([
    ask("events", call("searchEvents", { query: recent }, { signal })),
    ask("audit", call("listAudit", { query }, { signal })),
    ask("dead letters", call("listDeadLetters", { query }, { signal })),
    ask("logs", call("searchLogs", { query: recent }, { signal })),
  ]);
  const traced = await Promise.all(
    (letters?.dead_letters ?? []).map(async (letter, i): Promise<TracedLetter> => {
      const params = { dead_letter_id: letter.id };
      const detail =
        i < MOST_DETAILED
          ? await ask("a dead letter", call("showDeadLetter", { params }, { signal }))
          : undefined;
      return { letter, attempts: detail?.attempts ?? [] };
    }),
  );
  const isFull = (...pages: (readonly unknown[] | undefined)[]) =>
    pages.some((page) => (page?.length ?? 0) >= PAGE);
  return {
    events: events?.events ?? [],
    audited: audit?.entries ?? [],
    letters: traced,
    logs: logs?.entries ?? [],
    unanswered,
    truncated: isFull(events?.events, audit?.entries, letters?.dead_letters, logs?.entries),
  };
}
