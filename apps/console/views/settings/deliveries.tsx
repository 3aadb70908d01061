import type { Answer } from "../../api/call.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Select } from "../../components/field.tsx";
import { wordOptions } from "../../components/level.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { query, setQuery } from "../../state/location.ts";
import { useOffset } from "../../state/paging.ts";
import { eventHref } from "../links.ts";

type Delivery = Answer<"listDeliveries">["deliveries"][number];

const EVERY_MS = 10_000;
const PAGE = 50;
const deliveryStates = ["pending", "sent", "failed", "held_back", "superseded"] as const;

/** What a channel was sent, newest first. */
export function Deliveries({ channel }: { channel: string }) {
  const state = deliveryStates.find((each) => each === query.value.get("state"));
  const [offset, onOffset] = useOffset();
  const deliveries = useQuery(
    "listDeliveries",
    { params: { name: channel }, query: { ...(state && { state }), limit: PAGE, offset } },
    { everyMs: EVERY_MS },
  );
  return (
    <Card
      title={`Deliveries of ${channel}`}
      actions={
        <Select
          label="State"
          hideLabel
          value={state ?? ""}
          options={[{ value: "", label: "any state" }, ...wordOptions(deliveryStates)]}
          onChange={(next) => setQuery({ state: next, offset: undefined })}
        />
      }
      flush
    >
      <Loaded query={deliveries}>
        {(answer) => (
          <>
            <Table
              caption={`Deliveries of ${channel}`}
              columns={columns}
              rows={answer.deliveries}
              rowKey={({ id }) => id}
              empty="Nothing was sent. Tests are not listed."
            />
            <Pager limit={PAGE} offset={offset} count={answer.count} onOffset={onOffset} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

const columns: readonly Column<Delivery>[] = [
  {
    key: "state",
    title: "State",
    cell: ({ state }) => <Badge>{state.replace("_", " ")}</Badge>,
  },
  { key: "severity", title: "Severity", minor: true, cell: ({ severity }) => <Badge>{severity}</Badge> },
  {
    key: "title",
    title: "Message",
    wide: true,
    cell: ({ title, type, source, event_id, detail }) => (
      <>
        <strong>{title}</strong>
        <div class="muted">
          <a href={eventHref({ source, id: event_id })}>{type}</a>
          {detail && <> · {detail}</>}
        </div>
      </>
    ),
  },
  { key: "count", title: "Events", align: "end", minor: true, cell: ({ count }) => count },
  { key: "attempts", title: "Attempts", align: "end", cell: ({ attempts }) => attempts },
  {
    key: "at",
    title: "Recorded",
    align: "end",
    cell: ({ recorded_at }) => <Time value={recorded_at} relative />,
  },
];
