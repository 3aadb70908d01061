import type { Query } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import type { Alert, Alerting } from "./alerting.ts";

const columns: readonly Column<Alert>[] = [
  { key: "at", title: "Raised", cell: ({ triggered_at }) => <Time value={triggered_at} /> },
  { key: "level", title: "Level", cell: ({ level }) => <Badge>{level}</Badge> },
  {
    key: "alert",
    title: "Alert",
    wide: true,
    cell: ({ alert_id, rule_name, message }) => (
      <>
        <a href={`/alerts/${encodeURIComponent(alert_id)}`}>
          <bdi>{rule_name}</bdi>
        </a>
        <div class="muted">{message}</div>
      </>
    ),
  },
  { key: "status", title: "Status", minor: true, cell: ({ status }) => <Badge>{status}</Badge> },
];

/** The moments that the charts mark. */
export function AlertList({ alerting }: { alerting: Query<Alerting> }) {
  return (
    <Card title="Alerts of this range" flush>
      <Loaded query={alerting}>
        {({ alerts, isPart }) => (
          <>
            {isPart && (
              <p class="notice warning">
                There are more alerts in this range than are searched: shorten it to see all.
              </p>
            )}
            {alerts.length === 0 ? (
              <p class="explore-none muted">No alert was raised.</p>
            ) : (
              <Table
                caption="Alerts of these devices and metrics, the newest first"
                columns={columns}
                rows={alerts}
                rowKey={({ alert_id }) => alert_id}
              />
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}
