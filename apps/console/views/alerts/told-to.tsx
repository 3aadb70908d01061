import { type Answer, call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import type { Alert } from "./alert.ts";

type Told = Answer<"listDeliveries">["deliveries"][number] & { channel: string };

const EVERY_MS = 10_000;
const MOST_CHANNELS = 20;
const LAST = 200;

const columns: readonly Column<Told>[] = [
  { key: "channel", title: "Channel", cell: ({ channel }) => channel },
  { key: "what", title: "What", cell: ({ type }) => type.replace("alert.", "") },
  {
    key: "state",
    title: "State",
    wide: true,
    cell: ({ state, detail }) => (
      <>
        <Badge>{state.replace("_", " ")}</Badge> <span class="muted">{detail}</span>
      </>
    ),
  },
  {
    key: "at",
    title: "At",
    align: "end",
    cell: ({ settled_at, recorded_at }) => <Time value={settled_at ?? recorded_at} relative />,
  },
];

/** Whom the channels told of it, among the last that each was sent. */
export function ToldTo({ alert }: { alert: Alert }) {
  const told = usePolling(`told ${alert.alert_id}`, (signal) => deliveriesOf(alert, signal), {
    everyMs: EVERY_MS,
  });
  return (
    <Card title="Notifications" flush>
      <Loaded query={told}>
        {(rows) => (
          <Table
            caption="Notifications of this alert"
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            empty={
              alert.silenced
                ? "It was raised during a silence: nobody was told."
                : `No channel has told of it, among the last ${LAST} messages of each.`
            }
          />
        )}
      </Loaded>
    </Card>
  );
}

async function deliveriesOf({ alert_id }: Alert, signal: AbortSignal): Promise<Told[]> {
  const { channels } = await call("listChannels", {}, { signal });
  const lists = await Promise.all(
    channels.slice(0, MOST_CHANNELS).map(async ({ name: channel }) => {
      const { deliveries } = await call(
        "listDeliveries",
        { params: { name: channel }, query: { limit: LAST } },
        { signal },
      );
      return deliveries.map((delivery) => ({ ...delivery, channel }));
    }),
  );
  return lists.flat().filter(({ event_id }) => event_id.startsWith(`${alert_id}.`));
}
