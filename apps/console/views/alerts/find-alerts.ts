import { type Answer, call, type Input } from "../../api/call.ts";
import type { Alert } from "./alert.ts";

export const states = ["open", "active", "acknowledged", "resolved", "all"] as const;
export type State = (typeof states)[number];

export interface Wanted {
  state: State;
  filters: Omit<NonNullable<Input<"listAlerts">["query"]>, "status" | "limit" | "offset">;
  limit: number;
  offset: number;
}

export type Found = Pick<Answer<"listAlerts">, "alerts" | "count">;

/** The newest of open ones, which are put together from two lists, of which the API gives a thousand at once. */
export const MOST_OPEN = 1_000;

export async function findAlerts(
  { state, filters, limit, offset }: Wanted,
  signal: AbortSignal,
): Promise<Found> {
  if (state === "open") return openAlerts({ filters, limit, offset }, signal);
  const query = { ...filters, ...(state !== "all" && { status: state }), limit, offset };
  return call("listAlerts", { query }, { signal });
}

/** Open is active or acknowledged: two lists of the API's, in one order. */
async function openAlerts(
  { filters, limit, offset }: Omit<Wanted, "state">,
  signal: AbortSignal,
): Promise<Found> {
  const most = Math.min(MOST_OPEN, offset + limit);
  const [active, acknowledged] = await Promise.all(
    (["active", "acknowledged"] as const).map((status) =>
      call("listAlerts", { query: { ...filters, status, limit: most } }, { signal }),
    ),
  );
  const all = [...(active?.alerts ?? []), ...(acknowledged?.alerts ?? [])];
  return {
    alerts: all.toSorted(newestFirst).slice(offset, offset + limit),
    count: (active?.count ?? 0) + (acknowledged?.count ?? 0),
  };
}

const newestFirst = (a: Alert, b: Alert): number =>
  Date.parse(b.triggered_at) - Date.parse(a.triggered_at) || a.alert_id.localeCompare(b.alert_id);
