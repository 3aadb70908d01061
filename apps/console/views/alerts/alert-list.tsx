import { useMemo, useState } from "preact/hooks";
import { usePolling } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { isLevel } from "../../components/level.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { count } from "../../format/numbers.ts";
import { query } from "../../state/location.ts";
import { useOffset } from "../../state/paging.ts";
import { type Range, useRange } from "../../state/range.ts";
import { type Alert, isOpen } from "./alert.ts";
import { AlertFilters } from "./alert-filters.tsx";
import { AlertTable } from "./alert-table.tsx";
import { type Deed, DeedDialog } from "./deed-dialog.tsx";
import { type Found, findAlerts, MOST_OPEN, type State, states, type Wanted } from "./find-alerts.ts";
import { useHeld } from "./use-held.ts";

const EVERY_MS = 4_000;
const PAGE = 50;

export function AlertList() {
  const [offset] = useOffset();
  const range = useRange("all");
  const wanted = wantedBy(query.value, range, offset);
  // What is chosen, and not when it begins: a range that ends now begins later with every request.
  const key = `alerts ${query.value}`;
  const found = usePolling(key, (signal) => findAlerts(wantedBy(query.value, range, offset), signal), {
    everyMs: EVERY_MS,
  });
  return (
    <div class="stack">
      <AlertFilters />
      <Card flush>
        <Loaded query={found}>
          {(data) => <Results key={key} {...{ wanted, found: data, refresh: found.refresh }} />}
        </Loaded>
      </Card>
    </div>
  );
}

function Results({ wanted, found, refresh }: { wanted: Wanted; found: Found; refresh: () => void }) {
  const [, onOffset] = useOffset();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [pointed, setPointed] = useState(false);
  const [changed, setChanged] = useState<ReadonlyMap<string, Alert>>(new Map());
  const [deed, setDeed] = useState<{ deed: Deed; alerts: readonly Alert[] }>();
  const held = pointed || picked.size > 0 || deed !== undefined;
  const { rows, waiting } = useHeld(found.alerts, { held, changed });
  const most = wanted.state === "open" ? MOST_OPEN : undefined;
  const isAtMost = most !== undefined && found.count > most && wanted.offset + wanted.limit >= most;
  const chosen = useMemo(() => rows.filter(({ alert_id }) => picked.has(alert_id)), [rows, picked]);

  function done(alerts: readonly Alert[]): void {
    setChanged(new Map([...changed, ...alerts.map((alert) => [alert.alert_id, alert] as const)]));
    setPicked(new Set());
    setDeed(undefined);
    refresh();
  }

  return (
    <div onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}>
      <div class="alerts-bar">
        <span class="muted">
          {picked.size > 0
            ? `${count(picked.size)} selected`
            : `${count(found.count)} ${nounOf(wanted.state, found.count)}`}
          {waiting > 0 && `, ${count(waiting)} new: shown when the pointer leaves the list`}
        </span>
        <div class="row">
          {picked.size === 0 && rows.some(isOpen) && (
            <Button
              small
              kind="ghost"
              onClick={() => setPicked(new Set(rows.filter(isOpen).map(({ alert_id }) => alert_id)))}
            >
              Select all
            </Button>
          )}
          {picked.size > 0 && (
            <>
              <Button small kind="ghost" onClick={() => setPicked(new Set())}>
                Select none
              </Button>
              <Button small onClick={() => setDeed({ deed: "acknowledge", alerts: chosen })}>
                Acknowledge selected
              </Button>
              <Button small onClick={() => setDeed({ deed: "resolve", alerts: chosen })}>
                Resolve selected
              </Button>
            </>
          )}
        </div>
      </div>
      <AlertTable
        rows={rows}
        picked={picked}
        onPick={(id, yes) => setPicked(toggled(picked, id, yes))}
        onDeed={(what, alert) => setDeed({ deed: what, alerts: [alert] })}
        empty={wanted.state === "open" ? "No alert is open." : "No alert fits."}
      />
      {isAtMost && (
        <p class="pager muted">
          These are the newest {count(MOST_OPEN)} that are open; for older ones choose a status or a range.
        </p>
      )}
      <Pager
        limit={wanted.limit}
        offset={wanted.offset}
        count={found.count}
        most={most}
        onOffset={onOffset}
      />
      {deed && <DeedDialog {...deed} onClose={() => setDeed(undefined)} onDone={done} />}
    </div>
  );
}

function nounOf(state: State, howMany: number): string {
  const noun = howMany === 1 ? "alert" : "alerts";
  return state === "all" ? noun : `${state} ${noun}`;
}

function toggled(before: ReadonlySet<string>, id: string, yes: boolean): ReadonlySet<string> {
  const after = new Set(before);
  if (yes) after.add(id);
  else after.delete(id);
  return after;
}

function wantedBy(given: URLSearchParams, range: Range, offset: number): Wanted {
  const level = given.get("level") ?? "";
  const state = states.find((each) => each === given.get("status")) ?? "open";
  return {
    state,
    filters: {
      ...(isLevel(level) && { level }),
      ...(given.get("device") && { device_id: given.get("device") ?? "" }),
      ...(given.get("rule") && { rule_id: given.get("rule") ?? "" }),
      ...range.bounds(),
    },
    limit: PAGE,
    offset: state === "open" ? Math.min(offset, MOST_OPEN - PAGE) : offset,
  };
}
