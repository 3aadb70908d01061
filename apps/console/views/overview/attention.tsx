import type { Query } from "../../api/use-query.ts";
import { Badge, toneOf } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { type OpenAlerts, worstFirst } from "./open-alerts.ts";

type Alert = OpenAlerts["newest"][number];

const columns: readonly Column<Alert>[] = [
  { key: "level", title: "Level", cell: ({ level }) => <Badge>{level}</Badge> },
  {
    key: "message",
    title: "Alert",
    wide: true,
    cell: ({ alert_id, rule_name, message }) => (
      <>
        <a href={`/alerts/${encodeURIComponent(alert_id)}`}>
          <strong>
            <bdi>{rule_name}</bdi>
          </strong>
        </a>
        <div class="muted">{message}</div>
      </>
    ),
  },
  {
    key: "since",
    title: "Since",
    align: "end",
    cell: ({ triggered_at }) => <Time value={triggered_at} relative />,
  },
];

export function Attention({ alerts }: { alerts: Query<OpenAlerts> }) {
  return (
    <Card
      title="Active alerts"
      actions={
        <>
          {worstFirst.map((level) => {
            const howMany = alerts.data?.byLevel[level] ?? 0;
            return (
              howMany > 0 && <Badge key={level} tone={toneOf(level)}>{`${count(howMany)} ${level}`}</Badge>
            );
          })}
          <a href="/alerts">All alerts</a>
        </>
      }
      flush
    >
      <Loaded query={alerts}>
        {({ newest }) => (
          <Table
            caption="Active alerts"
            columns={columns}
            rows={newest}
            rowKey={({ alert_id }) => alert_id}
            empty="No alert is active."
          />
        )}
      </Loaded>
    </Card>
  );
}
