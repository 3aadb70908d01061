import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { type Tone, toneOf } from "../../components/badge.tsx";
import { Stat } from "../../components/stat.tsx";
import { compact, count, number, percent } from "../../format/numbers.ts";
import { withHistory } from "../../state/history.ts";
import { inWords, type OpenAlerts } from "./open-alerts.ts";
import { eventsPerSecond, RECENT, type Usage } from "./recent.ts";

export interface StatsProps {
  health: Query<Answer<"detailedHealth">>;
  statistics: Query<Answer<"totalStatistics">>;
  /** Of 24 hours. */
  day: Query<Usage>;
  recent: Query<Usage>;
  alerts: Query<OpenAlerts>;
}

const BAD_ERROR_RATE = 0.05;

export function Stats({ health, statistics, day, recent, alerts }: StatsProps) {
  const totals = statistics.data;
  const dead = health.data?.dead_letters ?? undefined;
  const open = alerts.data && alerts.data.active + alerts.data.acknowledged;
  const events = recent.data && eventsPerSecond(recent.data);
  return (
    <div class="stats overview-stats">
      <Stat
        label="Health"
        value={health.data?.status}
        tone={health.data ? toneOf(health.data.status) : "neutral"}
        hint={health.data && `version ${health.data.version}`}
        staleSince={staleSince(health)}
      />
      <Stat
        label="Points per second"
        value={totals && number(totals.points_per_second)}
        hint={totals && `${compact(totals.last_24h_points)} in 24 h`}
        trend={withHistory("points", totals?.points_per_second, statistics.updatedAt)}
        staleSince={staleSince(statistics)}
        href="/explore"
      />
      <Stat
        label="Events per second"
        value={events === undefined ? undefined : number(events)}
        hint={day.data && `${compact(day.data.events.total)} in 24 h`}
        trend={withHistory("events", events, recent.updatedAt)}
        staleSince={staleSince(recent)}
        href="/events"
      />
      <Latency day={day} recent={recent} />
      <ErrorRate day={day} recent={recent} />
      <Stat
        label="Open alerts"
        value={open === undefined ? undefined : count(open)}
        tone={badIf(alerts.data?.active)}
        hint={alerts.data && hintOf(alerts.data)}
        trend={withHistory("alerts", open, alerts.updatedAt)}
        staleSince={staleSince(alerts)}
        href="/alerts"
      />
      <Stat
        label="Dead letters"
        value={dead === undefined ? undefined : count(dead)}
        tone={badIf(dead)}
        hint="wait for a decision"
        trend={withHistory("dead letters", dead, health.updatedAt)}
        staleSince={staleSince(health)}
        href="/dead-letters"
      />
      <Stat
        label="Devices"
        value={totals && compact(totals.active_devices)}
        hint={totals && `active in 24 h, of ${compact(totals.total_devices)}`}
        trend={withHistory("devices", totals?.active_devices, statistics.updatedAt)}
        staleSince={staleSince(statistics)}
        href="/settings/devices"
      />
    </div>
  );
}

type Calls = Pick<StatsProps, "day" | "recent">;

/** Of the last minutes, or of the day where nobody called since. */
function Latency({ day, recent }: Calls) {
  const isRecent = (recent.data?.latency.count ?? 0) > 0;
  const latency = isRecent ? recent.data?.latency : day.data?.latency;
  return (
    <Stat
      label="API latency, p95"
      value={latency && inMs(latency.p95_ms)}
      unit="ms"
      hint={
        latency &&
        (latency.count === 0
          ? "no calls in 24 h"
          : `p50 ${inMs(latency.p50_ms)}, p99 ${inMs(latency.p99_ms)}; ${isRecent ? RECENT : "24 h"}`)
      }
      trend={withHistory("latency", recent.data?.latency.p95_ms, recent.updatedAt)}
      staleSince={staleSince(isRecent ? recent : day)}
      href="/settings/usage"
    />
  );
}

function ErrorRate({ day, recent }: Calls) {
  const rate = recent.data?.errors.rate ?? day.data?.errors.rate;
  const isRecent = typeof recent.data?.errors.rate === "number";
  const ofDay = day.data?.errors.rate;
  return (
    <Stat
      label="Error rate"
      value={typeof rate === "number" ? percent(rate) : undefined}
      unit="%"
      tone={typeof rate === "number" && rate > BAD_ERROR_RATE ? "bad" : "neutral"}
      hint={
        isRecent
          ? `${RECENT}; ${typeof ofDay === "number" ? `${percent(ofDay)} % in 24 h` : ""}`
          : "of the API's calls in 24 h"
      }
      trend={withHistory("errors", recent.data?.errors.rate, recent.updatedAt)}
      staleSince={staleSince(isRecent ? recent : day)}
      href="/settings/usage"
    />
  );
}

function hintOf(alerts: OpenAlerts): string {
  const { acknowledged } = alerts;
  const parts = [inWords(alerts), acknowledged > 0 && `${count(acknowledged)} acknowledged`];
  return parts.filter(Boolean).join("; ") || "none";
}

const staleSince = ({ stale, updatedAt }: Query<unknown>): number | undefined =>
  stale ? updatedAt : undefined;

const inMs = (value: number | null): string | undefined => (value === null ? undefined : number(value));

const badIf = (howMany: number | undefined): Tone => (howMany ? "bad" : "neutral");
