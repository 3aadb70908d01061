import { useMemo } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Chart, type ChartRange } from "../../components/chart.tsx";
import { Loaded } from "../../components/states.tsx";

type Hours = Answer<"totalStatistics">["data_by_hour"];

export function PointsByHour({ statistics }: { statistics: Query<Answer<"totalStatistics">> }) {
  return (
    <Card title="Points by hour">
      <Loaded query={statistics}>{({ data_by_hour: hours }) => <HoursChart hours={hours} />}</Loaded>
    </Card>
  );
}

function HoursChart({ hours }: { hours: Hours }) {
  const series = useMemo(
    () => [
      {
        name: "points",
        times: hours.map(({ hour }) => Date.parse(hour)),
        values: hours.map(({ points }) => points),
      },
    ],
    [hours],
  );
  return (
    <Chart
      label="Points stored, by the hour of their own times"
      series={series}
      range={rangeOf(hours)}
      bars
      legend={false}
      height={276}
    />
  );
}

const HALF_AN_HOUR_MS = 1_800_000;

/** With room for the halves of the first and the last bar. */
function rangeOf(hours: Hours): ChartRange {
  const from = Date.parse(hours[0]?.hour ?? "");
  const to = Date.parse(hours.at(-1)?.hour ?? "");
  return { from: from - HALF_AN_HOUR_MS, to: to + HALF_AN_HOUR_MS };
}
