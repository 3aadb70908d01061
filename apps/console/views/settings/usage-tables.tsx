import type { Answer } from "../../api/call.ts";
import { Card } from "../../components/card.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count, number, percent } from "../../format/numbers.ts";

type Report = Answer<"reportUsage">;

interface Endpoint {
  name: string;
  latency: Report["latency"]["by_endpoint"][string] | undefined;
  errors: Report["errors"]["by_endpoint"][string] | undefined;
  cache: Report["cache"]["by_endpoint"][string] | undefined;
}

const ms = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : number(value);
const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${percent(value)} %`;

export function Endpoints({ latency, errors, cache }: Pick<Report, "latency" | "errors" | "cache">) {
  const names = [latency, errors, cache].flatMap(({ by_endpoint }) => Object.keys(by_endpoint));
  const rows = [...new Set(names)].map((name) => ({
    name,
    latency: latency.by_endpoint[name],
    errors: errors.by_endpoint[name],
    cache: cache.by_endpoint[name],
  }));
  return (
    <Card title="Endpoints" flush>
      <Table
        caption="Endpoints"
        columns={columns}
        rows={rows.toSorted((a, b) => (b.latency?.count ?? 0) - (a.latency?.count ?? 0))}
        rowKey={({ name }) => name}
        empty="No call was counted."
      />
    </Card>
  );
}

const columns: readonly Column<Endpoint>[] = [
  {
    key: "name",
    title: "Endpoint",
    wide: true,
    cell: ({ name }) => <code>{name}</code>,
    sortBy: ({ name }) => name,
  },
  {
    key: "calls",
    title: "Calls",
    align: "end",
    cell: ({ latency }) => count(latency?.count ?? 0),
    sortBy: ({ latency }) => latency?.count ?? 0,
  },
  { key: "p50", title: "Median ms", align: "end", minor: true, cell: ({ latency }) => ms(latency?.p50_ms) },
  {
    key: "p95",
    title: "95 % ms",
    align: "end",
    cell: ({ latency }) => ms(latency?.p95_ms),
    sortBy: ({ latency }) => latency?.p95_ms ?? 0,
  },
  { key: "p99", title: "99 % ms", align: "end", minor: true, cell: ({ latency }) => ms(latency?.p99_ms) },
  {
    key: "errors",
    title: "Errors",
    align: "end",
    cell: ({ errors }) => share(errors?.rate),
    sortBy: ({ errors }) => errors?.rate ?? 0,
  },
  {
    key: "cache",
    title: "Cache hits",
    align: "end",
    minor: true,
    cell: ({ cache }) => share(cache?.hit_rate),
  },
];

const HEIGHT = 96;

/** Events by the hour of the day, and the busiest hours there were. */
export function PeakHours({ hours, peaks }: { hours: Report["hours_of_day"]; peaks: Report["peak_hours"] }) {
  const most = Math.max(1, ...hours);
  return (
    <div class="columns two-to-one">
      <Card title="Events by hour of the day, UTC">
        <figure class="hours">
          {hours.map((events, hour) => (
            <div key={String(hour)} class="hours-bar" title={`${hour}:00 UTC: ${count(events)}`}>
              <svg class="hours-column" role="img" aria-label={`${hour}:00 UTC, ${count(events)} events`}>
                <rect
                  y={HEIGHT - (HEIGHT * events) / most}
                  width="100%"
                  height={(HEIGHT * events) / most}
                  rx="2"
                />
              </svg>
              <span aria-hidden="true" class={hour % 3 === 0 ? "muted" : "muted minor"}>
                {hour}
              </span>
            </div>
          ))}
        </figure>
      </Card>
      <Card title="Busiest hours" flush>
        <Table
          caption="Busiest hours"
          columns={[
            { key: "hour", title: "Hour", wide: true, cell: ({ hour }) => <Time value={hour} /> },
            { key: "events", title: "Events", align: "end", cell: ({ events }) => count(events) },
          ]}
          rows={peaks}
          rowKey={({ hour }) => hour}
          empty="No event was counted."
        />
      </Card>
    </div>
  );
}
