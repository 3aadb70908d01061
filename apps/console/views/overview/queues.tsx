import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { queueColumns } from "../bus/queue-columns.tsx";

type Queue = Answer<"describeBus">["queues"][number];

const columns: readonly Column<Queue>[] = [
  {
    key: "name",
    title: "Queue",
    wide: true,
    cell: ({ name }) => <code>{name}</code>,
    sortBy: ({ name }) => name,
  },
  ...queueColumns,
];

const SHOWN = 8;

/** The deepest first. */
export function Queues({ bus }: { bus: Query<Answer<"describeBus">> }) {
  return (
    <Card title="Queues" flush>
      <Loaded query={bus}>
        {({ queues }) => (
          <Table
            caption="Queues, the deepest first"
            columns={columns}
            rows={deepest(queues)}
            rowKey={({ name }) => name}
          />
        )}
      </Loaded>
    </Card>
  );
}

const deepest = (queues: readonly Queue[]): readonly Queue[] =>
  queues.toSorted((a, b) => b.ready - a.ready || b.consumers - a.consumers).slice(0, SHOWN);
