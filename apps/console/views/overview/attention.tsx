import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";

type Alert = Answer<"listAlerts">["alerts"][number];

const columns: readonly Column<Alert>[] = [
  { key: "level", title: "Level", cell: ({ level }) => <Badge>{level}</Badge> },
  {
    key: "message",
    title: "Alert",
    wide: true,
    cell: ({ alert_id, rule_name, message }) => (
      <>
        <a href={`/alerts/${alert_id}`}>
          <strong>{rule_name}</strong>
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

export function Attention({ alerts }: { alerts: Query<Answer<"listAlerts">> }) {
  return (
    <Card title="Active alerts" flush>
      <Loaded query={alerts}>
        {(answer) => (
          <Table
            caption="Active alerts"
            columns={columns}
            rows={answer.alerts}
            rowKey={({ alert_id }) => alert_id}
            empty="No alert is active."
          />
        )}
      </Loaded>
    </Card>
  );
}
