import { useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { confirm } from "../../components/confirm.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { number } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";
import { useOffset } from "../../state/paging.ts";
import { DefinitionDialog } from "./definition-dialog.tsx";

type Definition = Answer<"showDefinition">;

const PAGE = 100;

export function Definitions() {
  const [offset, onOffset] = useOffset();
  const definitions = useQuery("listDefinitions", { query: { limit: PAGE, offset } });
  const removal = useMutation("removeDefinition", { done: "The definition is gone; its data stays" });
  const [making, setMaking] = useState(false);

  async function remove({ name }: Definition): Promise<void> {
    const sure = await confirm({
      title: "Delete this definition?",
      body: (
        <p>
          <code>{name}</code> is no longer checked against a type and limits, and its retention is the
          default. <strong>The data stays</strong>: measurements that are stored can be queried as before.
        </p>
      ),
      action: "Delete definition",
      danger: true,
    });
    if (sure && (await removal.run({ params: { metric_name: name } }))) definitions.refresh();
  }

  return (
    <Card
      title="Metric definitions"
      actions={
        <Button small kind="primary" onClick={() => setMaking(true)}>
          New definition
        </Button>
      }
      flush
    >
      <Loaded query={definitions}>
        {({ metrics, count }) => (
          <>
            <Table
              caption="Metric definitions"
              columns={columns}
              rows={metrics}
              rowKey={({ metric_id }) => metric_id}
              empty="No metric is defined. Metrics need no definition to be stored; one gives them a unit, limits and a retention."
              actions={(definition) => (
                <Button
                  small
                  aria-label={`Delete ${definition.name}`}
                  onClick={() => void remove(definition)}
                >
                  Delete
                </Button>
              )}
            />
            <Pager limit={PAGE} offset={offset} count={count} onOffset={onOffset} />
          </>
        )}
      </Loaded>
      {making && (
        <DefinitionDialog
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            definitions.refresh();
          }}
        />
      )}
    </Card>
  );
}

const DAY_MS = 86_400_000;

const columns: readonly Column<Definition>[] = [
  {
    key: "name",
    title: "Metric",
    wide: true,
    cell: ({ name, description, tags }) => (
      <>
        <code>{name}</code>
        <div class="muted">{[description, tags.join(", ")].filter(Boolean).join(" · ")}</div>
      </>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "type",
    title: "Type",
    cell: ({ data_type, metric_type }) => `${data_type} ${metric_type}`,
  },
  { key: "unit", title: "Unit", minor: true, cell: ({ unit }) => unit ?? "–" },
  {
    key: "limits",
    title: "Limits",
    align: "end",
    minor: true,
    cell: ({ min_value, max_value }) =>
      min_value === null && max_value === null
        ? "–"
        : `${min_value === null ? "" : number(min_value)} … ${max_value === null ? "" : number(max_value)}`,
  },
  {
    key: "retention",
    title: "Kept for",
    align: "end",
    cell: ({ retention_days }) => duration(retention_days * DAY_MS),
    sortBy: ({ retention_days }) => retention_days,
  },
];
