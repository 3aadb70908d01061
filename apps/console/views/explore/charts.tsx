import { useMemo } from "preact/hooks";
import { Badge, toneOf } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Chart, type ChartMark, type ChartRange, type ChartSeries } from "../../components/chart.tsx";
import { number } from "../../format/numbers.ts";
import type { Alert, Alerting, Rule } from "./alerting.ts";
import type { Series } from "./series.ts";

export interface ChartsProps {
  /** As they are drawn, in order. */
  series: readonly Series[];
  alerting: Alerting | undefined;
  range: ChartRange;
  together: boolean;
  /** What a value is: `Average of 10 s`. */
  what: string;
  /** A count has no unit of its own. */
  isCount: boolean;
  onZoom: (range: ChartRange) => void;
}

/** A chart for each metric, since metrics differ in unit and size, or one for all. */
export function Charts({ series, together, ...rest }: ChartsProps) {
  const groups = useMemo(
    () =>
      together ? [["All series", series] as const] : [...Map.groupBy(series, ({ metricName }) => metricName)],
    [series, together],
  );
  return (
    <>
      {groups.map(([title, own]) => (
        <SeriesChart key={title} title={title} series={own} together={together} {...rest} />
      ))}
    </>
  );
}

const HEIGHT = 240;
const ALONE_HEIGHT = 340;

function SeriesChart({
  title,
  series,
  alerting,
  range,
  together,
  what,
  isCount,
  onZoom,
}: ChartsProps & { title: string }) {
  const metrics = [...new Set(series.map(({ metricName }) => metricName))].join(" ");
  const lines = useMemo<ChartSeries[]>(
    () =>
      series.map(({ deviceId, metricName, times, values }) => ({
        name: together ? `${deviceId} · ${metricName}` : deviceId,
        times,
        values,
      })),
    [series, together],
  );
  const concerns = ({ metric_name }: { metric_name: string }) =>
    series.some(({ metricName }) => metricName === metric_name);
  const marks = useMemo(() => alerting?.alerts.filter(concerns).map(markOf) ?? [], [alerting, metrics]);
  const rules = useMemo(
    () => (isCount ? [] : (alerting?.rules.filter(concerns) ?? [])),
    [alerting, metrics, isCount],
  );
  const threshold = useMemo(() => rules.map(({ threshold_value }) => threshold_value), [rules]);
  const unit = isCount ? undefined : commonUnit(series);
  return (
    <Card
      title={<bdi>{title}</bdi>}
      actions={
        <span class="muted">
          {what}
          {unit && (
            <>
              , <bdi>{unit}</bdi>
            </>
          )}
        </span>
      }
    >
      <Chart
        label={together ? "All series" : title}
        series={lines}
        range={range}
        marks={marks}
        threshold={threshold}
        onZoom={onZoom}
        height={together ? ALONE_HEIGHT : HEIGHT}
        linked="explore"
        {...(unit && { unit })}
      />
      {rules.length > 0 && <Thresholds rules={rules} />}
    </Card>
  );
}

const markOf = ({ triggered_at, level }: Alert): ChartMark => {
  const tone = toneOf(level);
  return {
    at: Date.parse(triggered_at),
    tone: tone === "warning" || tone === "info" ? tone : "bad",
  };
};

/** None where they differ. */
function commonUnit(series: readonly Series[]): string | undefined {
  const units = new Set(series.map(({ unit }) => unit));
  return units.size === 1 ? [...units][0] : undefined;
}

function Thresholds({ rules }: { rules: readonly Rule[] }) {
  return (
    <ul class="explore-thresholds">
      {rules.map(({ rule_id, name, condition, threshold_value, level, device_groups }) => (
        <li key={rule_id}>
          <Badge>{level}</Badge>
          <a href={`/rules/${encodeURIComponent(rule_id)}`}>
            <bdi>{name}</bdi>
          </a>
          <span class="muted">
            {condition} {number(threshold_value)}
            {device_groups.length > 0 && ", for groups of devices"}
          </span>
        </li>
      ))}
    </ul>
  );
}
