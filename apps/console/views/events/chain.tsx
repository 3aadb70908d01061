import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useQuery } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";
import { eventHref } from "../links.ts";
import { nameOf } from "./event.ts";
import { type Chain, type Row, rowsOf } from "./tree.ts";

/** What led to an event, and what followed from it. */
export function ChainCard({ source, id }: { source: string; id: string }) {
  const input = { params: { event_id: id }, query: { ...(source && { source }) } };
  const chain = useQuery("showChain", input, { everyMs: 15_000 });
  return (
    <Card title={chain.data ? titleOf(chain.data) : "Causes and effects"} flush>
      <Loaded query={chain}>{(found) => <Tree key={`${source}#${id}`} chain={found} />}</Loaded>
    </Card>
  );
}

function titleOf({ events }: Chain): string {
  const causes = events.filter(({ depth }) => depth < 0).length;
  const effects = events.filter(({ depth }) => depth > 0).length;
  if (causes + effects === 0) return "Causes and effects";
  return `${count(causes)} ${causes === 1 ? "cause" : "causes"}, ${count(effects)} ${effects === 1 ? "effect" : "effects"}`;
}

type Names = ReadonlySet<string>;

/** Of one event, drawn at first. */
const MOST_EFFECTS = 25;

const toggled = (names: Names, name: string): Names => {
  const next = new Set(names);
  if (!next.delete(name)) next.add(name);
  return next;
};

function Tree({ chain }: { chain: Chain }) {
  const [closed, setClosed] = useState<Names>(new Set());
  const [whole, setWhole] = useState<Names>(new Set());
  const rows = useMemo(() => rowsOf(chain, { closed, whole, most: MOST_EFFECTS }), [chain, closed, whole]);
  const selected = nameOf(chain.event);
  const section = useRef<HTMLElement>(null);
  useEffect(() => showSelected(section.current), []);
  return (
    <>
      {chain.truncated && (
        <p class="notice warning">
          There is more than is shown: open an event at the edge to go on from there.
        </p>
      )}
      {rows.length === 1 && (
        <p class="muted chain-alone">It names no cause, and nothing in the archive names it as one.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region */}
      <section ref={section} class="chain" tabIndex={0} aria-label="Causes above, effects below">
        <ol>
          {rows.map((row) => (
            <Line
              key={row.name}
              row={row}
              isSelected={row.name === selected}
              isClosed={closed.has(row.name)}
              onToggle={() => setClosed((before) => toggled(before, row.name))}
              onWhole={() => setWhole((before) => toggled(before, row.name))}
            />
          ))}
        </ol>
      </section>
    </>
  );
}

/** Within the list: the page stays where it is. */
function showSelected(section: HTMLElement | null): void {
  const row = section?.querySelector<HTMLElement>(".selected");
  if (section && row) section.scrollTop = row.offsetTop - section.offsetTop - section.clientHeight / 2;
}

function Line({
  row,
  isSelected,
  isClosed,
  onToggle,
  onWhole,
}: {
  row: Row;
  isSelected: boolean;
  isClosed: boolean;
  onToggle: () => void;
  onWhole: () => void;
}) {
  const { name, archived, delayMs, alsoAfter, effects, folded } = row;
  return (
    <li
      class={isSelected ? "chain-row selected" : "chain-row"}
      aria-current={isSelected ? "true" : undefined}
    >
      <Lanes row={row} isSelected={isSelected} />
      <div class="chain-text">
        <div class="chain-head">
          {archived ? (
            <a href={eventHref(archived.event)}>{archived.event.type}</a>
          ) : (
            <span class="muted">not in the archive</span>
          )}
          {isSelected && <span class="badge info">this one</span>}
          {delayMs !== undefined && (
            <span class="chain-delay" title="After the event above it">
              {delayMs < 0 ? "−" : "+"}
              {duration(Math.abs(delayMs))}
            </span>
          )}
          {effects > 1 && (
            <button type="button" class="fold" aria-expanded={!isClosed} onClick={onToggle}>
              {count(effects)} effects
            </button>
          )}
          {!isClosed && folded > 0 && (
            <Button small kind="ghost" onClick={onWhole}>
              Show {count(folded)} more
            </Button>
          )}
        </div>
        <div class="muted small-text break">
          {archived && (
            <>
              <Time value={archived.event.time} />{" "}
            </>
          )}
          {name}
          {alsoAfter.length > 0 && <> · also after {alsoAfter.join(", ")}</>}
        </div>
      </div>
    </li>
  );
}

const LANE = 18;
const DOT_Y = 17;
/** Lanes further right than this are drawn in the last one: the text would have no room. */
const MOST_LANES = 14;

const x = (lane: number): number => LANE / 2 + Math.min(lane, MOST_LANES) * LANE;

function Lanes({
  row: { lane, from, passing, goesOn, archived },
  isSelected,
}: {
  row: Row;
  isSelected: boolean;
}) {
  const lanes = Math.min(Math.max(lane, ...passing, 0), MOST_LANES) + 1;
  return (
    <svg class="lanes" width={lanes * LANE} aria-hidden="true">
      {passing.map((each) => (
        <line key={each} x1={x(each)} x2={x(each)} y1="0" y2="100%" />
      ))}
      {from !== undefined && (
        <path d={`M${x(from)},0V${from === lane ? DOT_Y : DOT_Y - 6}${curve(from, lane)}`} />
      )}
      {goesOn && <line x1={x(lane)} x2={x(lane)} y1={DOT_Y} y2="100%" />}
      <circle
        cx={x(lane)}
        cy={DOT_Y}
        r={isSelected ? 6 : 4.5}
        class={isSelected ? "selected" : archived ? undefined : "absent"}
      />
    </svg>
  );
}

const curve = (from: number, lane: number): string =>
  from === lane ? "" : `Q${x(from)},${DOT_Y} ${x(from) + 6},${DOT_Y}H${x(lane)}`;
