import { useEffect, useRef } from "preact/hooks";
import { call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox, Select } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { changedSearch, query, useParam } from "../../state/location.ts";
import { LookSwitches, useLook } from "./filters.tsx";
import { Lines } from "./lines.tsx";
import { neighboursOf } from "./neighbours.ts";

const sizes = ["10", "25", "50", "100", "250"] as const;

/** What the same service wrote before and after a line. */
export function Around() {
  const moment = query.value.get("around") ?? "";
  const selected = query.value.get("line") ?? undefined;
  const service = query.value.get("of") ?? "";
  const [size, setSize] = useParam("n", "25");
  const [whose, setWhose] = useParam("whose", "service");
  const look = useLook();
  const n = Math.min(500, Math.max(1, Number(size) || 25));
  const ofService = whose === "service" && service !== "";
  const found = usePolling(`around ${moment} ${n} ${ofService} ${service}`, (signal) =>
    neighboursOf(moment, n, (ask) =>
      call("searchLogs", { query: { ...ask, ...(ofService && { service }) } }, { signal }),
    ),
  );
  const back = changedSearch(query.value, {
    ...{ around: undefined, line: undefined, of: undefined, n: undefined, whose: undefined },
  });
  return (
    <Page
      title="Lines around"
      description={
        <>
          <a href={`/logs${back}`}>Logs</a> / {service} at <Time value={moment} />
        </>
      }
      actions={<ButtonLink href={`/logs${back}`}>Back to the search</ButtonLink>}
    >
      <div class="stack">
        <div class="toolbar">
          <Select
            label="Lines before and after"
            value={size}
            options={sizes.map((each) => ({ value: each, label: each }))}
            onChange={(value) => setSize(value, { replace: true })}
          />
          <Checkbox
            label={`Only of ${service}`}
            checked={ofService}
            onChange={(only) => setWhose(only ? "service" : "all", { replace: true })}
          />
        </div>
        <Card flush title="Entries, newest first" actions={<LookSwitches />}>
          <Loaded query={found}>
            {({ entries }) => (
              <Centred when={selected}>
                <Lines label="Entries around it" entries={entries} q="" look={look} selected={selected} />
              </Centred>
            )}
          </Loaded>
        </Card>
      </div>
    </Page>
  );
}

/** The line that one came from is in the middle. */
function Centred({ when, children }: { when: string | undefined; children: preact.ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.querySelector(".selected")?.scrollIntoView({ block: "center" });
  }, [when]);
  return <div ref={element}>{children}</div>;
}
