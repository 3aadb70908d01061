import { type Answer, call } from "../../api/call.ts";
import { usePolling, useQuery } from "../../api/use-query.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { Select } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { RangeFilter } from "../../components/range-filter.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { setQuery, useParam } from "../../state/location.ts";
import { useRange } from "../../state/range.ts";
import { Hash } from "./hash.tsx";

type Answered = Answer<"listAudit">;
export type AuditEntry = Answered["entries"][number];

const LIMIT = 50;
const EVERY_MS = 15_000;

export function AuditList() {
  const [type] = useParam("type");
  const [source] = useParam("source");
  const [correlation_id] = useParam("correlation_id");
  const [orderWord] = useParam("order", "newest");
  const [after] = useParam("after");
  const range = useRange("all");
  const order: "oldest" | "newest" = orderWord === "oldest" ? "oldest" : "newest";
  const filter = {
    ...(type && { type }),
    ...(source && { source }),
    ...(correlation_id && { correlation_id }),
    ...(/^\d+$/.test(after) && { after: Number(after) }),
    ...{ order, limit: LIMIT },
  } as const;
  const page = usePolling(
    `audit ${JSON.stringify(filter)} ${range.key}`,
    (signal) => call("listAudit", { query: { ...filter, ...range.bounds() } }, { signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <Page
      title="Audit"
      description="Every event of a model, in a chain of hashes: nothing in it can be changed unseen."
      actions={<ButtonLink href="/audit/verify">Verify …</ButtonLink>}
    >
      <div class="stack">
        <search class="toolbar">
          <TextFilter name="type" label="Type" placeholder="model.registered" />
          <TextFilter name="source" label="Source" />
          <TextFilter name="correlation_id" label="Correlation id" />
          <RangeFilter range={range} fallback="all" all />
          <Select
            label="Order"
            value={order}
            options={[
              { value: "newest", label: "Newest first" },
              { value: "oldest", label: "Oldest first" },
            ]}
            onChange={(value) =>
              setQuery({ order: value === "newest" ? undefined : value, after: undefined })
            }
          />
        </search>
        <div class="columns two-to-one">
          <Card flush title="Entries">
            <Loaded query={page}>
              {({ entries, next }) => (
                <>
                  <Table
                    caption="Entries of the audit"
                    columns={columns}
                    rows={entries}
                    rowKey={({ position }) => String(position)}
                    empty="No entry matches."
                  />
                  <Pages after={after} next={next} />
                </>
              )}
            </Loaded>
          </Card>
          <Heads head={page.data?.head ?? undefined} />
        </div>
      </div>
    </Page>
  );
}

function Pages({ after, next }: { after: string; next: number | null }) {
  if (after === "" && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <Button small disabled={after === ""} onClick={() => setQuery({ after: undefined })}>
        First page
      </Button>
      <Button small disabled={next === null} onClick={() => setQuery({ after: String(next) })}>
        Next page
      </Button>
    </nav>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  {
    key: "position",
    title: "#",
    align: "end",
    cell: ({ position }) => <a href={`/audit/${position}`}>{count(position)}</a>,
  },
  { key: "time", title: "Recorded", cell: ({ recorded_at }) => <Time value={recorded_at} /> },
  {
    key: "event",
    title: "Event",
    wide: true,
    cell: ({ type, source, id }) => (
      <>
        {type}
        <div class="muted small-text">{`${source}#${id}`}</div>
      </>
    ),
  },
  { key: "user", title: "By", minor: true, cell: ({ userid }) => userid ?? <span class="muted">–</span> },
  { key: "hash", title: "Hash", minor: true, cell: ({ hash }) => <Hash value={hash} short /> },
];

/** Where the audit stands, and what of it was sealed where the database's owner cannot reach. */
function Heads({ head }: { head: Answered["head"] | undefined }) {
  const sealed = useQuery("listAuditHeads", { query: { limit: 100 } }, { everyMs: 60_000 });
  return (
    <Card title="Heads">
      <dl class="facts">
        <Fact name="Entries">{head ? count(head.position) : "–"}</Fact>
        {head && (
          <>
            <Fact name="Last recorded">
              <Time value={head.recorded_at} />
            </Fact>
            <Fact name="Head">
              <Hash value={head.hash} short />
            </Fact>
          </>
        )}
      </dl>
      <h3 class="subtitle">Sealed outside the database</h3>
      <Loaded query={sealed}>
        {({ heads, next }) =>
          heads.length === 0 ? (
            <p class="muted">None yet.</p>
          ) : (
            <dl class="facts">
              {heads
                .slice(-8)
                .reverse()
                .map((each) => (
                  <Fact key={each.sealed_at} name={`up to ${count(each.position)}`}>
                    <Time value={each.sealed_at} relative /> <Hash value={each.hash} short />
                  </Fact>
                ))}
              {(next !== null || heads.length > 8) && <p class="muted">… and more</p>}
            </dl>
          )
        }
      </Loaded>
    </Card>
  );
}
