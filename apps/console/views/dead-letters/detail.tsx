import { useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { JsonView } from "../../components/json-view.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { bytes, count } from "../../format/numbers.ts";
import { eventHref, logsHref, traceHref } from "../links.ts";
import { DiscardDialog } from "./discard.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";
import { useReplay } from "./use-replay.ts";

type Letter = Answer<"showDeadLetter">;

const EVERY_MS = 10_000;

export function DeadLetterDetail({ id }: { id: string }) {
  const letter = useQuery("showDeadLetter", { params: { dead_letter_id: id } }, { everyMs: EVERY_MS });
  const replay = useReplay({ filter: () => ({}) });
  const [discarding, setDiscarding] = useState(false);
  const isDead = letter.data?.state === "dead";
  return (
    <Page
      title="Dead letter"
      description={
        <>
          <a href="/dead-letters">Dead letters</a> / <code>{id}</code>
        </>
      }
      actions={
        isDead && (
          <>
            <Button kind="danger" onClick={() => setDiscarding(true)}>
              Discard …
            </Button>
            <Button kind="primary" onClick={() => replay.begin([id])}>
              Replay …
            </Button>
          </>
        )
      }
    >
      <Loaded query={letter}>{(found) => <Whole letter={found} />}</Loaded>
      {replay.selection && (
        <ReplayDialog
          selection={{ ids: [id] }}
          asOf={replay.asOf}
          onBegun={replay.note}
          onChanged={letter.refresh}
          onClose={replay.end}
        />
      )}
      {discarding && (
        <DiscardDialog ids={[id]} onClose={() => setDiscarding(false)} onDiscarded={letter.refresh} />
      )}
    </Page>
  );
}

function Whole({ letter }: { letter: Letter }) {
  return (
    <div class="stack">
      <div class="columns two-to-one">
        <Card title="Error">
          <p class="break">
            <code>{letter.error.code}</code> <Badge tone="bad">{letter.error.type}</Badge>
          </p>
          <p class="break letter-message">{letter.error.message}</p>
          {letter.error.stack && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region
            <pre class="code-block" tabIndex={0}>
              {letter.error.stack}
            </pre>
          )}
        </Card>
        <Card title="Facts">
          <Facts letter={letter} />
        </Card>
      </div>
      <Card title="Attempts" flush>
        <Table
          caption="Attempts, the first one first"
          columns={attemptColumns}
          rows={letter.attempts.map((attempt, i) => ({ ...attempt, number: i + 1 }))}
          rowKey={({ number }) => String(number)}
          empty="None is recorded."
        />
      </Card>
      <Card title="Event" actions={<EventLinks letter={letter} />}>
        <EventBody letter={letter} />
      </Card>
    </div>
  );
}

type Attempt = Letter["attempts"][number] & { number: number };

const attemptColumns: readonly Column<Attempt>[] = [
  { key: "number", title: "#", align: "end", cell: ({ number }) => count(number) },
  { key: "at", title: "At", cell: ({ at }) => <Time value={at} /> },
  { key: "error", title: "Error", cell: ({ error }) => <code>{error}</code>, minor: true },
  { key: "message", title: "Message", wide: true, cell: ({ message }) => message },
];

function Facts({ letter }: { letter: Letter }) {
  const { state, queue, type, source, event_id, replays, replayed_at, discarded_at, note } = letter;
  return (
    <dl class="facts">
      <Fact name="State">
        <Badge>{state}</Badge>
      </Fact>
      <Fact name="Failed in">
        <a href={`/bus?queue=${encodeURIComponent(queue)}`}>
          <code>{queue}</code>
        </a>
      </Fact>
      <Fact name="Type">{type ?? "–"}</Fact>
      <Fact name="Source">{source ?? "–"}</Fact>
      <Fact name="Id">{event_id ?? "–"}</Fact>
      <Fact name="Correlation id">{letter.correlation_id ?? "–"}</Fact>
      <Fact name="First died">
        <Time value={letter.first_died_at} />
      </Fact>
      <Fact name="Last died">
        <Time value={letter.last_died_at} />
      </Fact>
      <Fact name="Replays">{count(replays)}</Fact>
      {replayed_at !== null && (
        <Fact name="Replayed">
          <Time value={replayed_at} />
        </Fact>
      )}
      {discarded_at !== null && (
        <Fact name="Discarded">
          <Time value={discarded_at} />
        </Fact>
      )}
      {note !== null && <Fact name="Note">{note}</Fact>}
      <Fact name="Size">{bytes(letter.body_bytes)}</Fact>
    </dl>
  );
}

function EventLinks({ letter: { source, event_id: id, correlation_id } }: { letter: Letter }) {
  return (
    <>
      {source !== null && id !== null && (
        <ButtonLink small kind="ghost" href={eventHref({ source, id })}>
          In the archive
        </ButtonLink>
      )}
      {correlation_id !== null && (
        <>
          <ButtonLink small kind="ghost" href={traceHref(correlation_id)}>
            Trace
          </ButtonLink>
          <ButtonLink small kind="ghost" href={logsHref({ correlation_id, range: "30d" })}>
            Logs
          </ButtonLink>
        </>
      )}
    </>
  );
}

function EventBody({ letter: { event, body_base64, body_bytes } }: { letter: Letter }) {
  if (event !== null && event !== undefined) return <JsonView value={event} depth={3} />;
  if (body_base64 === null) {
    return <p class="muted">Its body of {bytes(body_bytes)} is too large to be shown here.</p>;
  }
  return (
    <>
      <p class="muted">The body is no JSON. As text, what is not UTF-8 shown as �:</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region */}
      <pre class="code-block" tabIndex={0}>
        {textOf(body_base64)}
      </pre>
    </>
  );
}

const textOf = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
