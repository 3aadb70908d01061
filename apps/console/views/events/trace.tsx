import { useMemo } from "preact/hooks";
import { usePolling } from "../../api/use-query.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { absolute, duration } from "../../format/times.ts";
import { query, useParam } from "../../state/location.ts";
import { zone } from "../../state/preferences.ts";
import { logsHref } from "../links.ts";
import { type Gathered, gather } from "./gather.ts";
import { type Hop, type HopKind, hopsOf, scaleOf } from "./hops.ts";
import { TraceField } from "./trace-field.tsx";

const EVERY_MS = 10_000;

/** All that happened under a correlation id, in its order, and how long it took. */
export function Trace() {
  const id = query.value.get("correlation_id") ?? "";
  const found = usePolling(id && `trace ${id}`, (signal) => gather(id, signal), { everyMs: EVERY_MS });
  return (
    <Page
      title="Trace"
      description={
        <span class="break">
          <a href="/events">Events</a> / <code>{id}</code>
        </span>
      }
      actions={<TraceField key={id} initial={id} />}
    >
      {id === "" ? (
        <Card>
          <Empty>Give a correlation id: the trace has every event, attempt and log entry under it.</Empty>
        </Card>
      ) : (
        <Loaded query={found}>{(gathered) => <Story id={id} gathered={gathered} />}</Loaded>
      )}
    </Page>
  );
}

function Story({ id, gathered }: { id: string; gathered: Gathered }) {
  const hops = useMemo(() => hopsOf(gathered), [gathered]);
  const [evenly, setEvenly] = useParam("pauses", "short");
  const begin = hops[0]?.at ?? 0;
  const end = hops.at(-1)?.at ?? 0;
  return (
    <Card
      flush
      title={
        hops.length > 0 ? (
          <>
            {count(hops.length)} steps in {duration(end - begin)}, from <Time value={begin} />
          </>
        ) : (
          "Nothing"
        )
      }
      actions={
        <>
          <Checkbox
            label="Shorten long pauses"
            checked={evenly === "short"}
            onChange={(short) => setEvenly(short ? "short" : "whole", { replace: true })}
          />
          <ButtonLink small kind="ghost" href={logsHref({ correlation_id: id, range: "30d" })}>
            Logs
          </ButtonLink>
        </>
      }
    >
      {gathered.unanswered.map((reason) => (
        <p key={reason} class="notice warning">
          Not in this trace: {reason}
        </p>
      ))}
      {gathered.truncated && <p class="notice warning">There is more than is shown here.</p>}
      {hops.length === 0 ? (
        <Empty>Nothing is known of it in the last 30 days.</Empty>
      ) : (
        <Waterfall hops={hops} squeeze={evenly === "short"} />
      )}
    </Card>
  );
}

const toneOf: Readonly<Record<HopKind, Tone>> = {
  published: "info",
  archived: "neutral",
  audited: "neutral",
  failed: "warning",
  dead: "bad",
  replayed: "good",
  discarded: "neutral",
  logged: "neutral",
};

function Waterfall({ hops, squeeze }: { hops: readonly Hop[]; squeeze: boolean }) {
  const begin = hops[0]?.at ?? 0;
  const place = useMemo(
    () =>
      scaleOf(
        hops.flatMap(({ at, since }) => (since === undefined ? [at] : [since, at])),
        squeeze,
      ),
    [hops, squeeze],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region
    <section class="table-scroll" tabIndex={0} aria-label="Steps in their order">
      <table class="waterfall">
        <caption class="visually-hidden">Steps in their order</caption>
        <thead>
          <tr>
            <th scope="col" class="end">
              After
            </th>
            <th scope="col">What</th>
            <th scope="col">Of</th>
            <th scope="col">
              <span class="visually-hidden">When, drawn</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hops.map((hop, i) => (
            <Step
              // A step has no name of its own; the list is made anew as a whole.
              key={i}
              hop={hop}
              begin={begin}
              place={place}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Step({ hop, begin, place }: { hop: Hop; begin: number; place: (moment: number) => number }) {
  const { at, since, kind, subject, text, href, level } = hop;
  return (
    <tr>
      <td class="end" title={absolute(new Date(at), zone.value)}>
        {offset(at - begin)}
      </td>
      <td>
        <Badge tone={toneOf[kind]}>{kind}</Badge>
      </td>
      <td class="wide">
        {level && <Badge>{level}</Badge>} {href ? <a href={href}>{subject}</a> : <strong>{subject}</strong>}
        <div class="muted small-text">
          {text}
          {since !== undefined && at > since && ` · took ${duration(at - since)}`}
        </div>
      </td>
      <td class="waterfall-cell">
        <Bar from={place(since ?? at)} to={place(at)} tone={toneOf[kind]} />
      </td>
    </tr>
  );
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** To the millisecond: what follows at once is told apart. */
function offset(ms: number): string {
  if (ms < SECOND_MS) return `${ms} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(3)} s`;
  return `${Math.floor(ms / MINUTE_MS)} min ${((ms % MINUTE_MS) / SECOND_MS).toFixed(3)} s`;
}

const share = (part: number): string => `${(part * 100).toFixed(2)}%`;

function Bar({ from, to, tone }: { from: number; to: number; tone: Tone }) {
  return (
    <svg class={`waterfall-bar ${tone}`} aria-hidden="true">
      <line class="ground" x1="0" x2="100%" y1="50%" y2="50%" />
      <line class="span" x1={share(from)} x2={share(to)} y1="50%" y2="50%" />
      <circle cx={share(to)} cy="50%" r="4" />
    </svg>
  );
}
