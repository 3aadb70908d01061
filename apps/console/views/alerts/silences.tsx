import { useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { confirm } from "../../components/confirm.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { now } from "../../state/now.ts";
import { useOffset } from "../../state/paging.ts";
import { SilenceDialog } from "./silence-dialog.tsx";

type Silence = Answer<"listSilences">["silences"][number];

const EVERY_MS = 10_000;
const PAGE = 50;
const MOST_RULES = 1_000;

/** Those that last and those to come: the API forgets the past ones. */
export function Silences() {
  const [offset, onOffset] = useOffset();
  const silences = useQuery("listSilences", { query: { limit: PAGE, offset } }, { everyMs: EVERY_MS });
  const rules = useQuery("listRules", { query: { limit: MOST_RULES } });
  const removal = useMutation("removeSilence", { done: "The silence has ended" });
  const [making, setMaking] = useState(false);
  const names = new Map(rules.data?.rules.map(({ rule_id, name }) => [rule_id, name]));

  async function end({ silence_id, reason }: Silence): Promise<void> {
    const sure = await confirm({
      title: "End this silence?",
      body: <p>“{reason}”. What was raised meanwhile stays untold; what is raised from now on is told.</p>,
      action: "End it",
    });
    if (!sure) return;
    await removal.run({ params: { silence_id } });
    silences.refresh();
  }

  return (
    <Card
      title="Silences"
      actions={
        <Button kind="primary" small onClick={() => setMaking(true)}>
          New silence
        </Button>
      }
      flush
    >
      <Loaded query={silences}>
        {({ silences: rows, count }) => (
          <>
            <Table
              caption="Silences"
              columns={columnsOf(names)}
              rows={rows}
              rowKey={({ silence_id }) => silence_id}
              empty="Nothing is silenced. Alerts are raised and listed during a silence too; nobody is told."
              actions={(silence) => (
                <Button small aria-label={`End ${silence.reason}`} onClick={() => void end(silence)}>
                  End
                </Button>
              )}
            />
            <Pager limit={PAGE} offset={offset} count={count} onOffset={onOffset} />
          </>
        )}
      </Loaded>
      {making && (
        <SilenceDialog first={{}} onClose={() => setMaking(false)} onDone={() => silences.refresh()} />
      )}
    </Card>
  );
}

const columnsOf = (names: ReadonlyMap<string, string>): readonly Column<Silence>[] => [
  {
    key: "state",
    title: "State",
    cell: ({ starts_at }) =>
      Date.parse(starts_at) > now.value ? <Badge tone="info">coming</Badge> : <Badge tone="good">on</Badge>,
  },
  {
    key: "what",
    title: "Silences",
    wide: true,
    cell: (silence) => (
      <>
        <strong>{silence.reason}</strong>
        <div class="muted">{scopeOf(silence, names)}</div>
      </>
    ),
  },
  { key: "from", title: "From", minor: true, cell: ({ starts_at }) => <Time value={starts_at} /> },
  { key: "until", title: "Until", cell: ({ ends_at }) => <Time value={ends_at} /> },
  { key: "by", title: "By", minor: true, cell: ({ created_by }) => <code>{created_by}</code> },
];

function scopeOf(silence: Silence, names: ReadonlyMap<string, string>): string {
  const parts = [
    silence.rule_ids.length > 0 && `rule ${silence.rule_ids.map((id) => names.get(id) ?? id).join(", ")}`,
    silence.device_ids.length > 0 && `device ${silence.device_ids.join(", ")}`,
    silence.levels.length > 0 && `level ${silence.levels.join(", ")}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join("; ") : "every alert";
}
