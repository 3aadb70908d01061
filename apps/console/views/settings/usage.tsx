import { type Answer, call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { Select } from "../../components/field.tsx";
import { Stat } from "../../components/stat.tsx";
import { Loaded } from "../../components/states.tsx";
import { compact, count, number, percent } from "../../format/numbers.ts";
import { useParam } from "../../state/location.ts";
import { spans, startOf } from "../../state/spans.ts";
import { Shares } from "./shares.tsx";
import { Endpoints, PeakHours } from "./usage-tables.tsx";

type Report = Answer<"reportUsage">;

const EVERY_MS = 30_000;
const offered = ["1h", "24h", "7d", "30d"] as const;

export function Usage() {
  const [given, setRange] = useParam("range", "24h");
  const range = offered.find((each) => each === given) ?? "24h";
  const report = usePolling(
    `usage ${range}`,
    (signal) => call("reportUsage", { query: { start_time: startOf(range) } }, { signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <div class="stack">
      <div class="toolbar">
        <Select
          label="Range"
          value={range}
          options={offered.map((value) => ({ value, label: spans[value].label }))}
          onChange={(next) => setRange(next)}
        />
      </div>
      <Loaded query={report}>{(known) => <Parts known={known} />}</Loaded>
    </div>
  );
}

function Parts({ known }: { known: Report }) {
  const { models, queries, events, latency, errors } = known;
  return (
    <div class="stack">
      <Totals known={known} />
      <div class="columns">
        <Shares
          title="Models by vendor"
          parts={models.registered.by_vendor}
          empty="No model was registered."
        />
        <Shares title="Models by tier" parts={models.registered.by_tier} empty="No model was registered." />
        <Shares title="Queries by vendor" parts={queries.by_vendor} empty="No query was counted." />
        <Shares title="Queries by tier" parts={queries.by_tier} empty="No query was counted." />
        <Shares title="Queries by endpoint" parts={queries.by_endpoint} empty="No query was counted." />
        <Shares title="Events by type" parts={events.by_type} empty="No event was counted." />
      </div>
      <Endpoints latency={latency} errors={errors} cache={known.cache} />
      <PeakHours hours={known.hours_of_day} peaks={known.peak_hours} />
    </div>
  );
}

const ms = (value: number | null): string => (value === null ? "–" : number(value));

function Totals({
  known: { models, queries, latency, errors, cache, events, processing },
}: {
  known: Report;
}) {
  return (
    <div class="stats">
      <Stat
        label="Models registered"
        value={count(models.registered.in_range)}
        hint={`${compact(models.registered.total)} of all time`}
      />
      <Stat
        label="Queries"
        value={compact(queries.in_range)}
        hint={`${number(queries.per_hour)} per hour; ${compact(queries.total)} of all time`}
      />
      <Stat
        label="Latency"
        value={latency.p95_ms === null ? undefined : ms(latency.p95_ms)}
        unit="ms"
        hint={`95th percentile; median ${ms(latency.p50_ms)}, 99th ${ms(latency.p99_ms)}`}
      />
      <Stat
        label="Errors"
        value={errors.rate === null ? undefined : percent(errors.rate)}
        unit="%"
        hint={`${count(errors.count)} of the calls`}
      />
      <Stat
        label="Cache hits"
        value={cache.hit_rate === null ? undefined : percent(cache.hit_rate)}
        unit="%"
        hint={`${compact(cache.hits)} hits, ${compact(cache.misses)} misses`}
      />
      <Stat
        label="Events"
        value={compact(events.total)}
        hint={`counted after ${ms(processing.p95_ms)} ms, 95th percentile`}
      />
    </div>
  );
}
