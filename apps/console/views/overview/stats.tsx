import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { type Tone, toneOf } from "../../components/badge.tsx";
import { Stat } from "../../components/stat.tsx";
import { compact, count, number, percent } from "../../format/numbers.ts";

export interface StatsProps {
  health: Query<Answer<"detailedHealth">>;
  statistics: Query<Answer<"totalStatistics">>;
  usage: Query<Answer<"reportUsage">>;
  events: Query<number>;
  alerts: Query<Answer<"listAlerts">>;
}

const KEPT = 60;
const BAD_ERROR_RATE = 0.05;

export function Stats({ health, statistics, usage, events, alerts }: StatsProps) {
  const totals = statistics.data;
  const open = alerts.data?.count;
  const dead = health.data?.dead_letters ?? undefined;
  const pointsTrend = useTrend(totals?.points_per_second, statistics.updatedAt);
  return (
    <div class="stats">
      <Stat
        label="Health"
        value={health.data?.status}
        tone={health.data ? toneOf(health.data.status) : "neutral"}
        hint={health.data && `version ${health.data.version}`}
      />
      <Stat
        label="Points per second"
        value={totals && number(totals.points_per_second)}
        hint={totals && `${compact(totals.last_24h_points)} in 24 h`}
        trend={pointsTrend}
      />
      <Stat
        label="Events per second"
        value={events.data === undefined ? undefined : number(events.data)}
        hint={usage.data && `${compact(usage.data.events.total)} in 24 h`}
      />
      <Stat
        label="API latency"
        value={usage.data && inMs(usage.data.latency.p95_ms)}
        unit="ms"
        hint={usage.data && `95th percentile; average ${inMs(usage.data.latency.average_ms) ?? "–"}`}
      />
      <Stat
        label="Error rate"
        value={totals && percent(totals.error_rate)}
        unit="%"
        tone={totals && totals.error_rate > BAD_ERROR_RATE ? "bad" : "neutral"}
        hint="of the API's calls in 24 h"
      />
      <Stat
        label="Active alerts"
        href="/alerts"
        value={open === undefined ? undefined : count(open)}
        tone={badIf(open)}
        hint={totals && `${count(totals.last_24h_alerts)} raised in 24 h`}
      />
      <Stat
        label="Dead letters"
        value={dead === undefined ? undefined : count(dead)}
        tone={badIf(dead)}
        hint="wait for a decision"
      />
      <Stat
        label="Devices"
        value={totals && compact(totals.active_devices)}
        hint={totals && `active, of ${compact(totals.total_devices)}`}
      />
    </div>
  );
}

const inMs = (value: number | null): string | undefined => (value === null ? undefined : number(value));

const badIf = (howMany: number | undefined): Tone => (howMany ? "bad" : "neutral");

/** The values since the view was opened, one per answer. */
function useTrend(value: number | undefined, answeredAt: number | undefined): readonly number[] {
  const [trend, setTrend] = useState<readonly number[]>([]);
  useEffect(() => {
    if (value !== undefined) setTrend((before) => [...before, value].slice(-KEPT));
  }, [answeredAt]);
  return trend;
}
