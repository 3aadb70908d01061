import { Badge } from "../../components/badge.tsx";
import { Fact } from "../../components/fact.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count, number } from "../../format/numbers.ts";
import type { Compared } from "./preview.tsx";
import { Timeline } from "./timeline.tsx";

type Fired = Compared["would"]["alerts"][number];

const SHOWN = 100;

export function PreviewResult({ result }: { result: Compared }) {
  const { would, did } = result;
  return (
    <div class="stack" role="status" aria-label="Result of the preview">
      <dl class="preview-counts">
        <Fact name="would have raised">
          <span class="stat-value">{count(would.count)}</span>
        </Fact>
        {did && (
          <Fact name="the rule in force raised">
            <span class="stat-value">{count(did.count)}</span>
          </Fact>
        )}
        <Fact name="devices">
          <span class="stat-value">{count(would.devices_evaluated)}</span>
        </Fact>
        <Fact name="points looked at">
          <span class="stat-value">{count(would.points_evaluated)}</span>
        </Fact>
      </dl>
      {would.truncated && (
        <p class="notice warning">
          There is more than a preview looks at: this is everything until{" "}
          <Time value={would.evaluated_until} />.
        </p>
      )}
      {would.points_evaluated === 0 && (
        <p class="notice">No point of this metric is stored in this range. Is its name right?</p>
      )}
      <Timeline {...result} />
      {would.alerts.length > 0 && (
        <Table
          caption="Alerts that it would have raised"
          columns={columns}
          rows={would.alerts.slice(-SHOWN).toReversed()}
          rowKey={({ device_id, kind, triggered_at }) => `${device_id} ${kind} ${triggered_at}`}
        />
      )}
      {would.alerts.length > SHOWN && <p class="muted">The last {SHOWN} of them.</p>}
    </div>
  );
}

const columns: readonly Column<Fired>[] = [
  {
    key: "device",
    title: "Device",
    wide: true,
    cell: ({ device_id }) => <span class="preview-device">{device_id}</span>,
  },
  { key: "from", title: "Triggered", cell: ({ triggered_at }) => <Time value={triggered_at} /> },
  {
    key: "to",
    title: "Resolved",
    minor: true,
    cell: ({ resolved_at }) =>
      resolved_at === null ? <Badge tone="bad">still open</Badge> : <Time value={resolved_at} />,
  },
  {
    key: "breaches",
    title: "Breaches",
    align: "end",
    cell: ({ kind, breaches }) => (kind === "no_data" ? "silent" : count(breaches)),
  },
  {
    key: "value",
    title: "Value",
    align: "end",
    minor: true,
    cell: ({ current_value }) => (current_value === null ? "–" : number(current_value)),
  },
];
