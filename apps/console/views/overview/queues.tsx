import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { count, number } from "../../format/numbers.ts";

type Queue = Answer<"describeBus">["queues"][number];

const columns: readonly Column<Queue>[] = [
  {
    key: "name",
    title: "Queue",
    wide: true,
    cell: ({ name }) => <code>{name}</code>,
    sortBy: ({ name }) => name,
  },
  {
    key: "ready",
    title: "Ready",
    align: "end",
    cell: ({ ready }) => count(ready),
    sortBy: ({ ready }) => ready,
  },
  {
    key: "growth",
    title: "Per second",
    align: "end",
    cell: ({ growth_per_second: growth }) =>
      growth === null ? "–" : `${growth > 0 ? "+" : ""}${number(growth)}`,
    sortBy: ({ growth_per_second: growth }) => growth ?? 0,
  },
  {
    key: "consumers",
    title: "Consumers",
    align: "end",
    minor: true,
    cell: ({ consumers }) => count(consumers),
  },
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
