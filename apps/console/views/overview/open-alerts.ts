import { type Answer, call } from "../../api/call.ts";
import { type Level, levels } from "../../components/level.tsx";

export const worstFirst = levels.toReversed();

/** What is not resolved. */
export interface OpenAlerts {
  active: number;
  acknowledged: number;
  /** Of the active. */
  byLevel: Readonly<Record<Level, number>>;
  /** The newest of the active. */
  newest: Answer<"listAlerts">["alerts"];
}

const SHOWN = 8;

export async function openAlerts(signal: AbortSignal): Promise<OpenAlerts> {
  const list = (query: NonNullable<Parameters<typeof call<"listAlerts">>[1]["query"]>) =>
    call("listAlerts", { query }, { signal });
  const [active, acknowledged, ...ofLevels] = await Promise.all([
    list({ status: "active", limit: SHOWN }),
    list({ status: "acknowledged", limit: 1 }),
    ...worstFirst.map((level) => list({ status: "active", level, limit: 1 })),
  ]);
  const byLevel = Object.fromEntries(worstFirst.map((level, i) => [level, ofLevels[i]?.count ?? 0]));
  return {
    active: active.count,
    acknowledged: acknowledged.count,
    byLevel: byLevel as Record<Level, number>,
    newest: active.alerts,
  };
}

/** `2 critical, 1 warning`, the worst first. */
export const inWords = ({ byLevel }: OpenAlerts): string =>
  worstFirst
    .filter((level) => byLevel[level] > 0)
    .map((level) => `${byLevel[level]} ${level}`)
    .join(", ");
