import { useMemo } from "preact/hooks";
import { Card } from "../../components/card.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count, number } from "../../format/numbers.ts";
import { isNumber, type Reading } from "./series.ts";
import type { Statistics } from "./statistics.ts";
import { valueText } from "./value-text.ts";

export interface SeriesRow {
  key: string;
  deviceId: string;
  metricName: string;
  latest: Reading | undefined;
  statistics: Statistics | undefined;
}

const figure = (key: keyof Statistics, title: string, minor = false): Column<SeriesRow> => ({
  key,
  title,
  align: "end",
  minor,
  cell: ({ statistics }) => {
    const value = statistics?.[key];
    return value === undefined ? "–" : (key === "count" ? count : number)(value);
  },
  sortBy: ({ statistics }) => statistics?.[key] ?? Number.NEGATIVE_INFINITY,
});

const columns: readonly Column<SeriesRow>[] = [
  {
    key: "series",
    title: "Series",
    wide: true,
    cell: ({ deviceId, metricName }) => (
      <>
        <bdi>{deviceId}</bdi>{" "}
        <span class="muted">
          <bdi>{metricName}</bdi>
        </span>
      </>
    ),
    sortBy: ({ key }) => key,
  },
  {
    key: "latest",
    title: "Latest",
    align: "end",
    cell: ({ latest }) => <Latest reading={latest} />,
    sortBy: ({ latest }) => (isNumber(latest?.value) ? latest.value : Number.NEGATIVE_INFINITY),
  },
  {
    key: "at",
    title: "At",
    align: "end",
    cell: ({ latest }) => <Time value={latest?.at} relative />,
    sortBy: ({ latest }) => latest?.at ?? 0,
  },
  figure("least", "Min", true),
  figure("average", "Avg", true),
  figure("most", "Max", true),
  figure("count", "Points", true),
];

/** The newest value of each series as it is now, and what the range's own points come to. */
export function SeriesTable({ rows }: { rows: readonly SeriesRow[] }) {
  const table = useMemo(
    () => (
      <Table
        caption="Latest values, and least, average and most of the range"
        columns={columns}
        rows={rows}
        rowKey={({ key }) => key}
      />
    ),
    [rows],
  );
  return (
    <Card title="Series" flush>
      {table}
    </Card>
  );
}

function Latest({ reading }: { reading: Reading | undefined }) {
  if (!reading) return <span class="muted">–</span>;
  return (
    <span class="explore-latest">
      <bdi>{valueText(reading.value)}</bdi>
      {reading.unit && (
        <span class="muted">
          {" "}
          <bdi>{reading.unit}</bdi>
        </span>
      )}
    </span>
  );
}
