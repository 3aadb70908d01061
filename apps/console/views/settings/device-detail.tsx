import type { Answer } from "../../api/call.ts";
import { useQuery } from "../../api/use-query.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { Stat } from "../../components/stat.tsx";
import { Loaded } from "../../components/states.tsx";
import { Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { bytes, compact, count, number } from "../../format/numbers.ts";

const EVERY_MS = 15_000;

export function DeviceDetail({ deviceId }: { deviceId: string }) {
  const params = { device_id: deviceId };
  const device = useQuery("showDevice", { params }, { everyMs: EVERY_MS });
  const statistics = useQuery("deviceStatistics", { params }, { everyMs: EVERY_MS });
  return (
    <div class="stack">
      <Card
        title={deviceId}
        actions={
          <>
            <ButtonLink small href={`/alerts?status=all&device=${encodeURIComponent(deviceId)}`}>
              Its alerts
            </ButtonLink>
            <ButtonLink small href={`/rules/new?device=${encodeURIComponent(deviceId)}`}>
              New rule
            </ButtonLink>
            <ButtonLink small kind="ghost" href="/settings/devices">
              All devices
            </ButtonLink>
          </>
        }
      >
        <Loaded query={device}>
          {({ name, device_type, groups, first_seen, last_seen }) => (
            <dl class="facts">
              <Fact name="name">{name ?? "–"}</Fact>
              <Fact name="type">{device_type ?? "–"}</Fact>
              <Fact name="groups">{groups.join(", ") || "–"}</Fact>
              <Fact name="first seen">
                <Time value={first_seen} />
              </Fact>
              <Fact name="last seen">
                <Time value={last_seen} />
              </Fact>
            </dl>
          )}
        </Loaded>
      </Card>
      <Loaded query={statistics}>{(known) => <Statistics known={known} />}</Loaded>
    </div>
  );
}

function Statistics({ known }: { known: Answer<"deviceStatistics"> }) {
  return (
    <>
      <div class="stats">
        <Stat
          label="Metrics"
          value={count(known.total_metrics)}
          hint={`${count(known.active_metrics)} in the last 24 hours`}
        />
        <Stat
          label="Points"
          value={compact(known.data_points_count)}
          hint={`${compact(known.last_24h_points)} in 24 h`}
        />
        <Stat label="Points per minute" value={number(known.avg_frequency)} hint="over 24 hours" />
        <Stat label="Stored" value={bytes(known.storage_size)} hint="estimated" />
        <Stat
          label="Alerts"
          value={count(known.last_24h_alerts)}
          hint="in 24 hours"
          tone={known.last_24h_alerts > 0 ? "bad" : "neutral"}
        />
      </div>
      <Card title="Metrics with the most points" flush>
        <Table
          caption="Metrics with the most points"
          columns={[
            { key: "name", title: "Metric", wide: true, cell: ({ name }) => <code>{name}</code> },
            { key: "points", title: "Points", align: "end", cell: ({ points }) => count(points) },
          ]}
          rows={known.top_metrics}
          rowKey={({ name }) => name}
          empty="It has reported nothing."
        />
      </Card>
    </>
  );
}
