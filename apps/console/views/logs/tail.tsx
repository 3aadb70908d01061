import { useRef, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Failure, Stale } from "../../components/states.tsx";
import { count } from "../../format/numbers.ts";
import { type LogFilters, LookSwitches, useLook } from "./filters.tsx";
import { Lines } from "./lines.tsx";
import { MOST_TAILED, useTail } from "./use-tail.ts";

/** Entries as they come, the newest at the top. Holds still while one reads: under the pointer, or scrolled down. */
export function Tail({ filters }: { filters: LogFilters }) {
  const tail = useTail(filters.filter);
  const look = useLook();
  const [isHovered, setHovered] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const [isHeld, setHeld] = useState(false);
  const seen = useRef(tail.entries);
  const isPaused = isHovered || isScrolled || isHeld;
  if (!isPaused) seen.current = tail.entries;
  const waiting = isPaused ? newerThan(tail.entries, seen.current) : 0;
  const { query } = tail;
  return (
    <Card
      flush
      title={
        <>
          Live{" "}
          <span class="muted log-count">
            {count(seen.current.length)} of the last {count(MOST_TAILED)}
          </span>
        </>
      }
      actions={
        <>
          <span class={`badge ${isPaused ? "warning" : "good"}`} role="status">
            {isPaused ? `paused, ${count(waiting)} waiting` : "following"}
          </span>
          <LookSwitches />
          <Button small aria-pressed={isHeld} onClick={() => setHeld(!isHeld)}>
            {isHeld ? "Go on" : "Pause"}
          </Button>
        </>
      }
    >
      {query.stale && <Stale query={query} />}
      <section
        class="log-tail"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region
        tabIndex={0}
        aria-label="Live entries"
        onMouseEnter={() => setHovered(true)}
        onMouseLeave={() => setHovered(false)}
        onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop > 4)}
      >
        {seen.current.length > 0 ? (
          <Lines
            label="Entries, newest first"
            entries={seen.current}
            q={filters.filter.q ?? ""}
            look={look}
          />
        ) : query.error && query.data === undefined ? (
          <Failure error={query.error} retry={query.refresh} />
        ) : (
          <Empty>Waiting for entries …</Empty>
        )}
      </section>
    </Card>
  );
}

function newerThan(entries: readonly { id: string }[], seen: readonly { id: string }[]): number {
  const known = new Set(seen.map(({ id }) => id));
  return entries.filter(({ id }) => !known.has(id)).length;
}
