import { usePolling, useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { JsonView } from "../../components/json-view.tsx";
import { Page } from "../../components/page.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { eventHref, traceHref } from "../links.ts";
import { type AuditEntry, canHash, hashOf } from "./chain.ts";
import { Hash } from "./hash.tsx";

export function AuditEntryView({ position }: { position: number }) {
  const isPosition = Number.isSafeInteger(position) && position > 0;
  const query = { after: position - 1, order: "oldest" as const, limit: 1 };
  const found = useQuery("listAudit", isPosition ? { query } : null);
  return (
    <Page
      title={`Audit entry ${isPosition ? count(position) : ""}`}
      description={
        <>
          <a href="/audit">Audit</a> / {isPosition ? count(position) : "?"}
        </>
      }
      actions={
        isPosition && (
          <>
            {position > 1 && <ButtonLink href={`/audit/${position - 1}`}>Previous</ButtonLink>}
            <ButtonLink href={`/audit/${position + 1}`}>Next</ButtonLink>
          </>
        )
      }
    >
      {isPosition ? (
        <Loaded query={found}>
          {({ entries: [entry] }) =>
            entry?.position === position ? (
              <Whole entry={entry} />
            ) : (
              <Card>
                <Empty>The audit has no entry {count(position)}.</Empty>
              </Card>
            )
          }
        </Loaded>
      ) : (
        <Card>
          <Empty>An entry is named by its position, such as 12.</Empty>
        </Card>
      )}
    </Page>
  );
}

function Whole({ entry }: { entry: AuditEntry }) {
  const { source, id, type, time, recorded_at, correlation_id, userid, event } = entry;
  return (
    <div class="stack">
      <Card title="Chain">
        <dl class="facts">
          <Fact name="Its hash">
            <Hash value={entry.hash} />
          </Fact>
          <Fact name="Made after">
            {entry.position > 1 ? (
              <a href={`/audit/${entry.position - 1}`}>
                <Hash value={entry.previous_hash} />
              </a>
            ) : (
              <Hash value={entry.previous_hash} />
            )}
          </Fact>
          <Fact name="Worked out anew, in this browser">
            <OwnHash entry={entry} />
          </Fact>
        </dl>
      </Card>
      <div class="columns two-to-one">
        <Card title="Event">
          <JsonView value={event} depth={3} />
        </Card>
        <Card title="Facts">
          <dl class="facts">
            <Fact name="Type">{type}</Fact>
            <Fact name="Source">{source}</Fact>
            <Fact name="Id">{id}</Fact>
            <Fact name="Time">
              <Time value={time} />
            </Fact>
            <Fact name="Recorded">
              <Time value={recorded_at} />
            </Fact>
            <Fact name="Correlation id">{correlation_id}</Fact>
            <Fact name="By">{userid ?? "–"}</Fact>
          </dl>
          <div class="row links-below">
            <ButtonLink small href={eventHref({ source, id })}>
              In the archive
            </ButtonLink>
            <ButtonLink small href={traceHref(correlation_id)}>
              Trace
            </ButtonLink>
          </div>
        </Card>
      </div>
    </div>
  );
}

function OwnHash({ entry }: { entry: AuditEntry }) {
  const own = usePolling(canHash() ? `hash ${JSON.stringify(entry)}` : "", () => hashOf(entry));
  if (!canHash()) return <span class="muted">only over https</span>;
  if (own.data === undefined) return <span class="muted">…</span>;
  return own.data === entry.hash ? (
    <Badge tone="good">the same</Badge>
  ) : (
    <>
      <Badge tone="bad">another</Badge> <Hash value={own.data} />
    </>
  );
}
