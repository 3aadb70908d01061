import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { compact, number, percent } from "../../format/numbers.ts";
import type { Usage } from "./recent.ts";

interface Endpoint {
  name: string;
  calls: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  errorRate: number | null;
}

const time = (key: "p50" | "p95" | "p99", minor: boolean): Column<Endpoint> => ({
  key,
  title: `${key}, ms`,
  align: "end",
  minor,
  cell: (row) => (row[key] === null ? "–" : number(row[key])),
  sortBy: (row) => row[key] ?? -1,
});

const columns: readonly Column<Endpoint>[] = [
  {
    key: "name",
    title: "Endpoint",
    wide: true,
    cell: ({ name }) => (
      <code>
        <bdi>{name}</bdi>
      </code>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "calls",
    title: "Calls",
    align: "end",
    cell: ({ calls }) => compact(calls),
    sortBy: ({ calls }) => calls,
  },
  time("p50", true),
  time("p95", false),
  time("p99", true),
  {
    key: "errors",
    title: "Errors, %",
    align: "end",
    cell: ({ errorRate }) => (errorRate === null ? "–" : percent(errorRate)),
    sortBy: ({ errorRate }) => errorRate ?? -1,
  },
];

const SHOWN = 8;

/** Of services that tell the bus of their calls, the busiest first. */
export function Endpoints({ day }: { day: Query<Usage> }) {
  return (
    <Card title="API calls by endpoint, 24 h" flush>
      <Loaded query={day}>
        {(usage) => (
          <Table
            caption="Endpoints, the busiest first"
            columns={columns}
            rows={busiest(usage)}
            rowKey={({ name }) => name}
            empty="No service has told of its calls."
          />
        )}
      </Loaded>
    </Card>
  );
}

const busiest = ({ latency, errors }: Usage): Endpoint[] =>
  Object.entries(latency.by_endpoint)
    .map(([name, { count, p50_ms, p95_ms, p99_ms }]) => ({
      name,
      calls: count,
      p50: p50_ms,
      p95: p95_ms,
      p99: p99_ms,
      errorRate: errors.by_endpoint[name]?.rate ?? null,
    }))
    .sort((a, b) => b.calls - a.calls)
    .slice(0, SHOWN);
