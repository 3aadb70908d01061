import { type Answer, call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { Pager } from "../../components/pager.tsx";
import { RangeFilter } from "../../components/range-filter.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { useParam } from "../../state/location.ts";
import { useOffset } from "../../state/paging.ts";
import { useRange } from "../../state/range.ts";
import { eventHref, traceHref } from "../links.ts";
import { correlationOf, nameOf } from "./event.ts";
import { TraceField } from "./trace-field.tsx";

type Archived = Answer<"searchEvents">["events"][number];

const LIMIT = 50;
const EVERY_MS = 10_000;
/** Deeper pages are reached by narrowing the time. */
const MOST = 10_000;

export function EventSearch() {
  const [type] = useParam("type");
  const [source] = useParam("source");
  const [correlation_id] = useParam("correlation_id");
  const [offset, onOffset] = useOffset();
  const range = useRange("24h");
  const filter = {
    ...(type && { type }),
    ...(source && { source }),
    ...(correlation_id && { correlation_id }),
  };
  const found = usePolling(
    `events ${JSON.stringify(filter)} ${range.key} ${offset}`,
    (signal) =>
      call("searchEvents", { query: { ...filter, ...range.bounds(), limit: LIMIT, offset } }, { signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <Page
      title="Events"
      description="The archive: every event of the bus but the measurements."
      actions={<TraceField />}
    >
      <div class="stack">
        <search class="toolbar">
          <TextFilter
            name="type"
            label="Type"
            placeholder="model.registered or model.*"
            error={found.error?.fields.type}
          />
          <TextFilter name="source" label="Source" placeholder="/ims/api/models" />
          <TextFilter name="correlation_id" label="Correlation id" />
          <RangeFilter range={range} fallback="24h" />
        </search>
        <Card flush title={found.data ? titleOf(found.data.count) : "Events"}>
          <Loaded query={found}>
            {({ events, count: all }) => (
              <>
                <Table
                  caption="Events, newest first"
                  columns={columns}
                  rows={events}
                  rowKey={({ event, archived_at }) => `${event.source}#${event.id} ${archived_at}`}
                  empty="No event matches in this time."
                />
                <Pager limit={LIMIT} offset={offset} count={Math.min(all, MOST)} onOffset={onOffset} />
              </>
            )}
          </Loaded>
        </Card>
      </div>
    </Page>
  );
}

const titleOf = (all: number): string =>
  `${count(all)}${all >= MOST ? " and more" : ""} ${all === 1 ? "event" : "events"}`;

const columns: readonly Column<Archived>[] = [
  { key: "time", title: "Time", cell: ({ event }) => <Time value={event.time} /> },
  {
    key: "type",
    title: "Event",
    wide: true,
    cell: ({ event }) => (
      <>
        <a href={eventHref(event)}>{event.type}</a>
        <div class="muted small-text">{nameOf(event)}</div>
      </>
    ),
  },
  {
    key: "correlation",
    title: "Correlation id",
    minor: true,
    cell: ({ event }) => {
      const id = correlationOf(event);
      return id === undefined ? (
        <span class="muted">–</span>
      ) : (
        <a class="cut" href={traceHref(id)} title={`Trace ${id}`}>
          {id}
        </a>
      );
    },
  },
];
