import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";

type Devices = Answer<"listDevices">;
type Device = Devices["devices"][number];

const columns: readonly Column<Device>[] = [
  {
    key: "device",
    title: "Device",
    wide: true,
    cell: ({ device_id, name }) => (
      <>
        <a href={`/explore?device=${encodeURIComponent(device_id)}`}>{device_id}</a>{" "}
        {name && (
          <span class="muted">
            <bdi>{name}</bdi>
          </span>
        )}
      </>
    ),
    sortBy: ({ device_id }) => device_id,
  },
  { key: "type", title: "Type", minor: true, cell: ({ device_type }) => <bdi>{device_type ?? "–"}</bdi> },
  {
    key: "seen",
    title: "Last seen",
    align: "end",
    cell: ({ last_seen }) => <Time value={last_seen} relative />,
    sortBy: seenAt,
  },
];

/** As many as the API lists at once. */
export const MOST_DEVICES = 1_000;
const SHOWN = 8;

/** Who was heard last. A device that is silent sinks, and its `last seen` says for how long. */
export function Devices({ devices }: { devices: Query<Devices> }) {
  return (
    <Card title="Devices heard last" actions={<a href="/explore">Explore</a>} flush>
      <Loaded query={devices}>
        {({ devices: listed, count: all }) => (
          <>
            <Table
              caption="Devices, the last heard first"
              columns={columns}
              rows={listed.toSorted((a, b) => seenAt(b) - seenAt(a)).slice(0, SHOWN)}
              rowKey={({ device_id }) => device_id}
              empty="No device has reported yet."
            />
            {all > listed.length && (
              <p class="overview-note hint">
                Of the first {count(listed.length)} by id, of {count(all)}.
              </p>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function seenAt({ last_seen }: Device): number {
  return last_seen === null ? 0 : Date.parse(last_seen);
}
