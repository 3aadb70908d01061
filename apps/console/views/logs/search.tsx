import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { count } from "../../format/numbers.ts";
import { useParam } from "../../state/location.ts";
import { LogFilterBar, type LogFilters, LookSwitches, useLogFilters, useLook } from "./filters.tsx";
import { Lines } from "./lines.tsx";
import { Tail } from "./tail.tsx";
import { MOST_LINES, usePages } from "./use-pages.ts";

export function LogSearch() {
  const filters = useLogFilters();
  const [live, setLive] = useParam("live");
  const isLive = live === "yes";
  return (
    <Page
      title="Logs"
      description="What services wrote, newest first."
      actions={
        <Button
          kind={isLive ? "primary" : "secondary"}
          aria-pressed={isLive}
          onClick={() => setLive(isLive ? "" : "yes")}
        >
          {isLive ? "Stop the live tail" : "Live tail"}
        </Button>
      }
    >
      <div class="stack">
        <LogFilterBar filters={filters} isLive={isLive} />
        {isLive ? <Tail key={filters.key} filters={filters} /> : <Found filters={filters} />}
      </div>
    </Page>
  );
}

function Found({ filters }: { filters: LogFilters }) {
  const { entries, count: all, error, loading, more, refresh } = usePages(filters);
  const look = useLook();
  const q = filters.filter.q ?? "";
  return (
    <Card
      flush
      title={all === undefined ? "Entries" : titleOf(all)}
      actions={
        <>
          <LookSwitches />
          <Button small onClick={refresh} busy={loading}>
            Refresh
          </Button>
        </>
      }
    >
      {entries.length > 0 ? (
        <>
          <Lines label="Entries, newest first" entries={entries} q={q} look={look} />
          <div class="log-more">
            {error ? (
              <Failure error={error} retry={more} />
            ) : entries.length >= MOST_LINES ? (
              <span class="muted">{count(MOST_LINES)} are shown: narrow the time to see older ones.</span>
            ) : entries.length < (all ?? 0) ? (
              <Button onClick={more} busy={loading}>
                Load more
              </Button>
            ) : (
              <span class="muted">That is all in this time.</span>
            )}
          </div>
        </>
      ) : error ? (
        <Failure error={error} retry={refresh} />
      ) : loading ? (
        <Loading />
      ) : (
        <Empty>No entry matches in this time.</Empty>
      )}
    </Card>
  );
}

const titleOf = (all: number): string =>
  `${count(all)}${all >= MOST_LINES ? " and more" : ""} ${all === 1 ? "entry" : "entries"}`;
