import type { Answer } from "../../api/call.ts";
import { useQuery } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { Time } from "../../components/time.tsx";
import { count as counted } from "../../format/numbers.ts";
import { query } from "../../state/location.ts";
import { useOffset } from "../../state/paging.ts";
import { DeviceDetail } from "./device-detail.tsx";
import type { TabProps } from "./settings.tsx";

type Device = Answer<"showDevice">;

const PAGE = 50;
const EVERY_MS = 15_000;

export function Devices({ name }: TabProps) {
  return name === undefined ? <DeviceList /> : <DeviceDetail key={name} deviceId={name} />;
}

function DeviceList() {
  const given = query.value;
  const [offset, onOffset] = useOffset();
  const filters = {
    ...(given.get("search") && { search: given.get("search") ?? "" }),
    ...(given.get("type") && { device_type: given.get("type") ?? "" }),
    ...(given.get("group") && { group: given.get("group") ?? "" }),
  };
  const devices = useQuery(
    "listDevices",
    { query: { ...filters, limit: PAGE, offset } },
    { everyMs: EVERY_MS },
  );
  return (
    <div class="stack">
      <search class="toolbar" aria-label="Find devices">
        <TextFilter name="search" label="Search" />
        <TextFilter name="type" label="Type" />
        <TextFilter name="group" label="Group" />
      </search>
      <Card title={devices.data ? `Devices: ${counted(devices.data.count)}` : "Devices"} flush>
        <Loaded query={devices}>
          {(answer) => (
            <>
              <Table
                caption="Devices"
                columns={columns}
                rows={answer.devices}
                rowKey={({ device_id }) => device_id}
                empty={
                  Object.keys(filters).length > 0
                    ? "No device fits."
                    : "No device has reported yet, and none was registered."
                }
              />
              <Pager limit={PAGE} offset={offset} count={answer.count} onOffset={onOffset} />
            </>
          )}
        </Loaded>
      </Card>
    </div>
  );
}

const columns: readonly Column<Device>[] = [
  {
    key: "device",
    title: "Device",
    wide: true,
    cell: ({ device_id, name }) => (
      <>
        <a href={`/settings/devices/${encodeURIComponent(device_id)}`}>{device_id}</a>
        {name && <div class="muted">{name}</div>}
      </>
    ),
    sortBy: ({ device_id }) => device_id,
  },
  { key: "type", title: "Type", minor: true, cell: ({ device_type }) => device_type ?? "–" },
  { key: "groups", title: "Groups", minor: true, cell: ({ groups }) => groups.join(", ") || "–" },
  {
    key: "first",
    title: "First seen",
    align: "end",
    minor: true,
    cell: ({ first_seen }) => <Time value={first_seen} />,
    sortBy: ({ first_seen }) => first_seen ?? "",
  },
  {
    key: "last",
    title: "Last seen",
    align: "end",
    cell: ({ last_seen }) => <Time value={last_seen} relative />,
    sortBy: ({ last_seen }) => last_seen ?? "",
  },
];
