import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import type { Reading } from "./series.ts";
import { valueText } from "./value-text.ts";

const columns: readonly Column<Reading>[] = [
  { key: "at", title: "Time", cell: ({ at }) => <Time value={at} />, sortBy: ({ at }) => at },
  { key: "device", title: "Device", cell: ({ deviceId }) => deviceId, sortBy: ({ deviceId }) => deviceId },
  {
    key: "metric",
    title: "Metric",
    cell: ({ metricName }) => <bdi>{metricName}</bdi>,
    sortBy: ({ metricName }) => metricName,
    minor: true,
  },
  {
    key: "value",
    title: "Value",
    wide: true,
    cell: ({ value }) => <code class="explore-value">{valueText(value)}</code>,
    sortBy: ({ value }) => valueText(value),
  },
  {
    key: "tags",
    title: "Tags",
    minor: true,
    cell: ({ tags = {} }) => (
      <div class="muted explore-tags">
        {Object.entries(tags).map(([key, value]) => (
          <div key={key}>
            <bdi>{key}</bdi>=<bdi>{value}</bdi>
          </div>
        ))}
      </div>
    ),
  },
];

const STEP = 100;

/** What cannot be drawn: text, booleans, JSON. The newest first. */
export function OtherValues({ readings }: { readings: readonly Reading[] }) {
  const [shown, setShown] = useState(STEP);
  const rows = readings.slice(-shown).reverse();
  return (
    <Card title="Values that are not numbers" flush>
      <Table
        caption="Values that are not numbers, the newest first"
        columns={columns}
        rows={rows}
        rowKey={({ deviceId, metricName, at }) => `${deviceId} ${metricName} ${at}`}
      />
      {rows.length < readings.length && (
        <div class="pager">
          <span class="muted">
            {count(rows.length)} of {count(readings.length)}
          </span>
          <Button small onClick={() => setShown(shown + STEP)}>
            Show more
          </Button>
        </div>
      )}
    </Card>
  );
}
