import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { type Alert, isOpen } from "./alert.ts";
import type { Deed } from "./deed-dialog.tsx";

export interface AlertTableProps {
  rows: readonly Alert[];
  picked: ReadonlySet<string>;
  onPick: (alertId: string, yes: boolean) => void;
  onDeed: (deed: Deed, alert: Alert) => void;
  empty: string;
}

export function AlertTable({ rows, picked, onPick, onDeed, empty }: AlertTableProps) {
  return (
    <Table
      caption="Alerts"
      columns={[pickColumn(picked, onPick), ...columns]}
      rows={rows}
      rowKey={({ alert_id }) => alert_id}
      empty={empty}
      isSelected={({ alert_id }) => picked.has(alert_id)}
      actions={(alert) => <Deeds {...{ alert, onDeed }} />}
    />
  );
}

function Deeds({ alert, onDeed }: { alert: Alert } & Pick<AlertTableProps, "onDeed">) {
  if (!isOpen(alert)) return null;
  const of = `${alert.rule_name}, ${alert.device_id}`;
  return (
    <div class="row end nowrap">
      {alert.status === "active" && (
        <Button small aria-label={`Acknowledge ${of}`} onClick={() => onDeed("acknowledge", alert)}>
          Acknowledge
        </Button>
      )}
      <Button small aria-label={`Resolve ${of}`} onClick={() => onDeed("resolve", alert)}>
        Resolve
      </Button>
    </div>
  );
}

const pickColumn = (picked: ReadonlySet<string>, onPick: AlertTableProps["onPick"]): Column<Alert> => ({
  key: "pick",
  title: "Select",
  cell: (alert) =>
    isOpen(alert) && (
      <input
        type="checkbox"
        class="pick"
        aria-label={`Select ${alert.rule_name}, ${alert.device_id}`}
        checked={picked.has(alert.alert_id)}
        onChange={({ currentTarget }) => onPick(alert.alert_id, currentTarget.checked)}
      />
    ),
});

const columns: readonly Column<Alert>[] = [
  {
    key: "state",
    title: "Level and status",
    cell: ({ level, status, silenced }) => (
      <div class="alert-badges">
        <Badge>{level}</Badge>
        <Badge>{status}</Badge>
        {silenced && <Badge tone="neutral">silenced</Badge>}
      </div>
    ),
  },
  {
    key: "alert",
    title: "Alert",
    wide: true,
    cell: (alert) => (
      <div class="alert-cell">
        <a href={`/alerts/${alert.alert_id}`}>
          <strong>{alert.rule_name}</strong>
        </a>
        <div class="muted">{alert.message}</div>
        <LastDeed alert={alert} />
      </div>
    ),
  },
  { key: "breaches", title: "Breaches", align: "end", minor: true, cell: ({ breaches }) => breaches },
  {
    key: "since",
    title: "Triggered",
    align: "end",
    cell: ({ triggered_at }) => <Time value={triggered_at} relative />,
  },
];

/** Who saw to it last, when, and what they noted. */
function LastDeed({ alert }: { alert: Alert }) {
  const [what, by, at, note] =
    alert.resolved_at === null
      ? ["Acknowledged", alert.acknowledged_by, alert.acknowledged_at, alert.acknowledgement_note]
      : ["Resolved", alert.resolved_by, alert.resolved_at, alert.resolution_note];
  if (at === null) return null;
  return (
    <div class="muted">
      {what} {by === "auto" ? "by itself" : <bdi>by {by}</bdi>} <Time value={at} relative />
      {note && (
        <>
          : <bdi>{note}</bdi>
        </>
      )}
    </div>
  );
}
