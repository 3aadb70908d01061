import { type Answer, call } from "../../api/call.ts";

export type Usage = Answer<"reportUsage">;

const MINUTE_MS = 60_000;
const MINUTES = 5;

export const RECENT = `last ${MINUTES} min`;

/** What was counted of the last whole minutes: usage is counted by them. */
export function recentUsage(signal: AbortSignal): Promise<Usage> {
  const end = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const at = (ms: number) => new Date(ms).toISOString();
  const query = { start_time: at(end - MINUTES * MINUTE_MS), end_time: at(end) };
  return call("reportUsage", { query }, { signal });
}

export const eventsPerSecond = ({ events }: Usage): number => events.total / (MINUTES * 60);
