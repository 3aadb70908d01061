import { useMemo } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useQuery } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Chart, type ChartMark } from "../../components/chart.tsx";
import { Select } from "../../components/field.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { number } from "../../format/numbers.ts";
import { useParam } from "../../state/location.ts";
import { now } from "../../state/now.ts";
import { type Alert, isOpen } from "./alert.ts";
import { Breaches } from "./breaches.tsx";

const HOUR_MS = 3_600_000;

/** How far before and after; further than an hour, points are averaged. */
const spans = {
  "1h": { label: "± 1 hour", ms: HOUR_MS, averagedBy: null },
  "6h": { label: "± 6 hours", ms: 6 * HOUR_MS, averagedBy: 60 },
  "24h": { label: "± 24 hours", ms: 24 * HOUR_MS, averagedBy: 300 },
} as const;

type Span = keyof typeof spans;

const MOST_POINTS = 10_000;
const EVERY_MS = 10_000;

/** The metric before and after the alert was raised, its threshold and its moments drawn in. */
export function AroundTheMoment({ alert }: { alert: Alert }) {
  const [given, setSpan] = useParam("around", "1h");
  const span: Span = Object.hasOwn(spans, given) ? (given as Span) : "1h";
  const { ms, averagedBy } = spans[span];
  const middle = Date.parse(alert.triggered_at);
  const body = {
    devices: [alert.device_id],
    metrics: [alert.metric_name],
    start_time: new Date(middle - ms).toISOString(),
    end_time: new Date(middle + ms).toISOString(),
    limit: MOST_POINTS,
    ...(averagedBy !== null && { aggregation: "avg" as const, interval: averagedBy }),
  };
  const isLive = isOpen(alert) && now.value < middle + ms;
  const points = useQuery("queryPoints", { body }, isLive ? { everyMs: EVERY_MS } : {});
  return (
    <>
      <Card
        title={`${alert.metric_name} of ${alert.device_id}`}
        actions={
          <Select
            label="Range"
            hideLabel
            value={span}
            options={(Object.keys(spans) as Span[]).map((value) => ({ value, label: spans[value].label }))}
            onChange={(next) => setSpan(next)}
          />
        }
      >
        <Loaded query={points}>
          {(answer) => <Around {...{ alert, answer, from: middle - ms, to: middle + ms }} />}
        </Loaded>
      </Card>
      {averagedBy === null && points.data && alert.kind === "threshold" && (
        <Breaches alert={alert} points={points.data.data_points} />
      )}
    </>
  );
}

interface AroundProps {
  alert: Alert;
  answer: Answer<"queryPoints">;
  from: number;
  to: number;
}

function Around({ alert, answer, from, to }: AroundProps) {
  const points = answer.data_points;
  const series = useMemo(
    () => [
      {
        name: alert.metric_name,
        times: points.map(({ timestamp }) => Date.parse(timestamp)),
        values: points.map(({ value }) => (typeof value === "number" ? value : null)),
      },
    ],
    [points, alert.metric_name],
  );
  const range = useMemo(() => ({ from, to }), [from, to]);
  const marks = useMemo(() => marksOf(alert), [alert.triggered_at, alert.acknowledged_at, alert.resolved_at]);
  if (points.length === 0) return <Empty>Nothing was measured here, or it is not kept any more.</Empty>;
  return (
    <>
      {answer.truncated && <p class="notice warning">There are more points than these.</p>}
      <Chart
        label={`${alert.metric_name} of ${alert.device_id}, around the alert`}
        series={series}
        range={range}
        marks={marks}
        {...(alert.kind === "threshold" && { threshold: alert.threshold_value })}
        {...(points[0]?.unit && { unit: points[0].unit })}
      />
      <ul class="marks-legend">
        {marks.map(({ label, tone }) => (
          <li key={label} class={`legend-${tone}`}>
            {label}
          </li>
        ))}
        {alert.kind === "threshold" && <li>threshold {number(alert.threshold_value)}</li>}
      </ul>
    </>
  );
}

/** Named in the legend below the chart. */
interface Moment extends ChartMark {
  label: string;
}

function marksOf(alert: Alert): Moment[] {
  const moments = [
    { at: alert.triggered_at, label: "triggered", tone: "bad" },
    { at: alert.acknowledged_at, label: "acknowledged", tone: "warning" },
    { at: alert.resolved_at, label: "resolved", tone: "info" },
  ] as const;
  return moments.flatMap(({ at, label, tone }) => (at === null ? [] : [{ at: Date.parse(at), label, tone }]));
}
