import { useQuery } from "../../api/use-query.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { JsonView } from "../../components/json-view.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { query } from "../../state/location.ts";
import { auditHref, deadLettersHref, logsHref, traceHref } from "../links.ts";
import { ChainCard } from "./chain.tsx";
import { type ArchivedEvent, correlationOf, textOf } from "./event.ts";

export function EventDetail() {
  const source = query.value.get("source") ?? "";
  const id = query.value.get("id") ?? "";
  const input = { params: { event_id: id }, query: { ...(source && { source }) } };
  const found = useQuery("showEvent", id ? input : null);
  return (
    <Page
      title="Event"
      description={
        <span class="break">
          <a href="/events">Events</a> / <code>{`${source}#${id}`}</code>
        </span>
      }
    >
      <Loaded query={found}>
        {({ events }) => (
          <div class="stack">
            <ChainCard source={source} id={id} />
            {events.map((archived) => (
              <Whole key={archived.archived_at} archived={archived} />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Whole({ archived: { event, archived_at } }: { archived: ArchivedEvent }) {
  const correlation = correlationOf(event);
  const subject = textOf(event, "subject");
  return (
    <div class="columns two-to-one">
      <Card title="Content">
        <JsonView value={event} depth={3} />
      </Card>
      <Card title="Facts">
        <dl class="facts">
          <Fact name="Type">{event.type}</Fact>
          <Fact name="Source">{event.source}</Fact>
          <Fact name="Id">{event.id}</Fact>
          <Fact name="Time">
            <Time value={event.time} />
          </Fact>
          <Fact name="Archived">
            <Time value={archived_at} />
          </Fact>
          {subject && <Fact name="Subject">{subject}</Fact>}
          {correlation && <Fact name="Correlation id">{correlation}</Fact>}
        </dl>
        {correlation && (
          <div class="row links-below">
            <ButtonLink small href={traceHref(correlation)}>
              Trace
            </ButtonLink>
            <ButtonLink small href={logsHref({ correlation_id: correlation, range: "30d" })}>
              Logs
            </ButtonLink>
            <ButtonLink small href={deadLettersHref({ correlation_id: correlation, state: "all" })}>
              Dead letters
            </ButtonLink>
            <ButtonLink small href={auditHref({ correlation_id: correlation })}>
              Audit
            </ButtonLink>
          </div>
        )}
      </Card>
    </div>
  );
}
