import type { Answer } from "../../api/call.ts";
import { Card } from "../../components/card.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count, number } from "../../format/numbers.ts";
import type { Alert } from "./alert.ts";

type Point = Answer<"queryPoints">["data_points"][number];

const SHOWN = 5;

const columns: readonly Column<Point>[] = [
  { key: "time", title: "Time", cell: ({ timestamp }) => <Time value={timestamp} /> },
  {
    key: "value",
    title: "Value",
    align: "end",
    cell: ({ value, unit }) => `${typeof value === "number" ? number(value) : ""} ${unit ?? ""}`,
  },
  {
    key: "tags",
    title: "Tags",
    wide: true,
    minor: true,
    cell: ({ tags }) =>
      Object.entries(tags ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(", "),
  },
];

/** The points around the moment that break the rule, by what was stored. */
export function Breaches({ alert, points }: { alert: Alert; points: readonly Point[] }) {
  const breaching = points.filter(({ value }) => breaks(alert, value));
  const shown = breaching.slice(-SHOWN).toReversed();
  return (
    <Card
      title={`Breaches in this range: ${count(breaching.length)}${breaching.length > SHOWN ? `, the last ${SHOWN}` : ""}`}
      flush
    >
      <Table
        caption={`The last ${shown.length} points that breach`}
        columns={columns}
        rows={shown}
        rowKey={({ timestamp, tags }) => timestamp + JSON.stringify(tags ?? {})}
        empty="No point of this range breaches."
      />
    </Card>
  );
}

function breaks({ condition, threshold_value: threshold }: Alert, value: unknown): boolean {
  if (typeof value !== "number") return false;
  return {
    ">": value > threshold,
    "<": value < threshold,
    ">=": value >= threshold,
    "<=": value <= threshold,
    "==": value === threshold,
    "!=": value !== threshold,
  }[condition];
}
