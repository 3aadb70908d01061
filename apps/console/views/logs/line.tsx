import { useState } from "preact/hooks";
import { ButtonLink } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Fact } from "../../components/fact.tsx";
import { JsonView } from "../../components/json-view.tsx";
import { Time } from "../../components/time.tsx";
import { clockTime } from "../../format/times.ts";
import { changedSearch, query } from "../../state/location.ts";
import { zone } from "../../state/preferences.ts";
import { eventHref, logsHref, traceHref } from "../links.ts";
import { type Entry, marked } from "./entries.ts";

export interface LineProps {
  entry: Entry;
  /** The words that were searched. */
  q: string;
  isSelected?: boolean;
}

export function Line({ entry, q, isSelected = false }: LineProps) {
  const [isOpen, setOpen] = useState(false);
  const { timestamp, level, service, message, stack } = entry;
  const moment = new Date(timestamp);
  return (
    <li class={`log-line ${level}${isSelected ? " selected" : ""}`} aria-current={isSelected || undefined}>
      <button type="button" class="log-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <time dateTime={timestamp} class="log-time">
          {dayOf(moment)} {clockTime(moment, zone.value)}.
          {String(moment.getUTCMilliseconds()).padStart(3, "0")}
        </time>
        <span class="log-level">{level}</span>
        <span class="log-service">{service}</span>
        <span class="log-message">
          {marked(message, q).map((part, i) => (part.isHit ? <mark key={i}>{part.text}</mark> : part.text))}
          {stack && !isOpen && <span class="muted"> ⋯ stack</span>}
        </span>
      </button>
      {isOpen && <Whole entry={entry} />}
    </li>
  );
}

function dayOf(moment: Date): string {
  const day = (zone.value === "utc" ? moment.toISOString() : localIso(moment)).slice(5, 10);
  return day;
}

const MINUTE_MS = 60_000;

const localIso = (moment: Date): string =>
  new Date(moment.getTime() - moment.getTimezoneOffset() * MINUTE_MS).toISOString();

function Whole({ entry }: { entry: Entry }) {
  const { id, timestamp, accepted_at, service, correlation_id, trace_id, span_id, host, stack, attributes } =
    entry;
  const { event_id } = attributes;
  return (
    <div class="log-whole">
      <div class="row">
        <ButtonLink small href={aroundHref(entry)}>
          Lines around it
        </ButtonLink>
        {correlation_id && (
          <>
            <ButtonLink small href={traceHref(correlation_id)}>
              Trace
            </ButtonLink>
            <ButtonLink small href={logsHref({ correlation_id, range: "30d" })}>
              All of its correlation id
            </ButtonLink>
          </>
        )}
        {typeof event_id === "string" && (
          <ButtonLink small href={eventHref({ source: service, id: event_id })}>
            Event
          </ButtonLink>
        )}
        <CopyButton text={JSON.stringify(entry, null, 2)} label="Copy as JSON" />
      </div>
      {stack && <pre class="code-block">{stack}</pre>}
      <dl class="facts log-facts">
        <Fact name="Time">
          <Time value={timestamp} /> <code class="muted">{timestamp}</code>
        </Fact>
        <Fact name="Accepted">
          <Time value={accepted_at} />
        </Fact>
        {host && <Fact name="Host">{host}</Fact>}
        {correlation_id && <Fact name="Correlation id">{correlation_id}</Fact>}
        {trace_id && <Fact name="Trace id">{trace_id}</Fact>}
        {span_id && <Fact name="Span id">{span_id}</Fact>}
        <Fact name="Id">
          <code>{id}</code>
        </Fact>
      </dl>
      {Object.keys(attributes).length > 0 && <JsonView value={attributes} depth={2} />}
    </div>
  );
}

/** With the look as it is, and the search to come back to. */
function aroundHref({ id, timestamp, service }: Entry): string {
  return `/logs${changedSearch(query.value, { around: timestamp, line: id, of: service, live: undefined })}`;
}
