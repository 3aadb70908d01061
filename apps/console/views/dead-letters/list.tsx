import { useState } from "preact/hooks";
import { type Answer, call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { useOffset } from "../../state/paging.ts";
import { deadLetterHref } from "../links.ts";
import { DiscardDialog } from "./discard.tsx";
import { FilterBar, useFilters } from "./filters.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";
import { MATCHING, useReplay } from "./use-replay.ts";

export type DeadLetter = Answer<"listDeadLetters">["dead_letters"][number];

const LIMIT = 50;
const EVERY_MS = 10_000;

export function DeadLetterList() {
  const filters = useFilters();
  const [offset, onOffset] = useOffset();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [discarding, setDiscarding] = useState(false);
  const replay = useReplay(filters);
  const page = usePolling(
    `dead letters ${filters.key} ${offset}`,
    (signal) => {
      const { state } = filters;
      const query = { ...filters.filter(), ...(state !== "all" && { state }), limit: LIMIT, offset };
      return call("listDeadLetters", { query }, { signal });
    },
    { everyMs: EVERY_MS },
  );
  const shown = page.data?.dead_letters ?? [];
  const chosen = shown.filter(({ id, state }) => state === "dead" && selected.has(id)).map(({ id }) => id);
  const changed = () => {
    setSelected(new Set());
    page.refresh();
  };

  return (
    <Page
      title="Dead letters"
      description="What failed for good. Each is kept with its event, and can be sent back to the queue it failed in."
      actions={
        filters.state === "dead" && (
          <Button
            disabled={!page.data || page.data.count === 0}
            onClick={() => replay.begin(MATCHING)}
            kind={chosen.length > 0 ? "secondary" : "primary"}
          >
            Replay all that match …
          </Button>
        )
      }
    >
      <div class="stack">
        <FilterBar filters={filters} queues={[...new Set(shown.map(({ queue }) => queue))]} />
        <Card
          flush
          title={page.data ? titleOf(page.data.count, filters.state) : "Dead letters"}
          actions={
            <Selection
              {...{ shown, selected, setSelected }}
              chosen={chosen.length}
              onReplay={() => replay.begin(chosen)}
              onDiscard={() => setDiscarding(true)}
            />
          }
        >
          <Loaded query={page}>
            {({ dead_letters, count: all }) => (
              <>
                <Table
                  caption="Dead letters, the last death first"
                  columns={columnsWith(selected, setSelected)}
                  rows={dead_letters}
                  rowKey={({ id }) => id}
                  isSelected={({ id }) => selected.has(id)}
                  empty={filters.state === "dead" ? "Nothing is dead here." : "None match."}
                />
                <Pager limit={LIMIT} offset={offset} count={all} onOffset={onOffset} />
              </>
            )}
          </Loaded>
        </Card>
      </div>
      {replay.selection && (
        <ReplayDialog
          selection={replay.selection}
          asOf={replay.asOf}
          onBegun={replay.note}
          onChanged={changed}
          onClose={replay.end}
        />
      )}
      {discarding && (
        <DiscardDialog ids={chosen} onClose={() => setDiscarding(false)} onDiscarded={changed} />
      )}
    </Page>
  );
}

const titleOf = (matching: number, state: string): string =>
  `${count(matching)} ${state === "all" ? (matching === 1 ? "letter" : "letters") : state}`;

type Selected = ReadonlySet<string>;

function Selection({
  shown,
  selected,
  setSelected,
  chosen,
  onReplay,
  onDiscard,
}: {
  shown: readonly DeadLetter[];
  selected: Selected;
  setSelected: (selected: Selected) => void;
  chosen: number;
  onReplay: () => void;
  onDiscard: () => void;
}) {
  const dead = shown.filter(({ state }) => state === "dead").map(({ id }) => id);
  if (dead.length === 0) return null;
  const isAll = dead.every((id) => selected.has(id));
  return (
    <>
      {chosen > 0 && (
        <>
          <span class="muted">{count(chosen)} selected</span>
          <Button small kind="primary" onClick={onReplay}>
            Replay selected …
          </Button>
          <Button small kind="danger" onClick={onDiscard}>
            Discard selected …
          </Button>
        </>
      )}
      <Button small kind="ghost" onClick={() => setSelected(new Set(isAll ? [] : dead))}>
        {isAll ? "Select none" : "Select this page"}
      </Button>
    </>
  );
}

const columnsWith = (selected: Selected, setSelected: (selected: Selected) => void): Column<DeadLetter>[] => [
  {
    key: "select",
    title: "",
    cell: ({ id, state, type }) => (
      <input
        type="checkbox"
        aria-label={`Select ${type ?? "dead letter"} ${id}`}
        disabled={state !== "dead"}
        checked={selected.has(id)}
        onChange={({ currentTarget }) => {
          const next = new Set(selected);
          if (currentTarget.checked) next.add(id);
          else next.delete(id);
          setSelected(next);
        }}
      />
    ),
  },
  { key: "died", title: "Died", cell: ({ last_died_at }) => <Time value={last_died_at} relative /> },
  {
    key: "what",
    title: "Event and error",
    wide: true,
    cell: ({ id, type, error, note }) => (
      <>
        <a class="cut" href={deadLetterHref(id)}>
          {type ?? "not readable as an event"}
        </a>
        <div class="letter-error">
          <code>{error.code}</code> <span class="muted">{error.message}</span>
        </div>
        {note !== null && <div class="letter-error">Note: {note}</div>}
      </>
    ),
  },
  { key: "queue", title: "Failed in", cell: ({ queue }) => <code>{queue}</code>, minor: true },
  {
    key: "attempts",
    title: "Attempts",
    align: "end",
    minor: true,
    cell: ({ attempt_count }) => count(attempt_count),
    sortBy: ({ attempt_count }) => attempt_count,
  },
  { key: "replays", title: "Replays", align: "end", minor: true, cell: ({ replays }) => count(replays) },
  { key: "state", title: "State", cell: ({ state }) => <Badge>{state}</Badge> },
];
