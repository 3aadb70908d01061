import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Card } from "../../components/card.tsx";
import { Sparkline } from "../../components/sparkline.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { count } from "../../format/numbers.ts";
import { type Depths, depthsOf } from "../bus/depths.ts";
import { queueColumns } from "../bus/queue-columns.tsx";

type Queue = Answer<"describeBus">["queues"][number] & { depths: Depths };

const columns: readonly Column<Queue>[] = [
  {
    key: "name",
    title: "Queue",
    wide: true,
    cell: ({ name }) => <code>{name}</code>,
    sortBy: ({ name }) => name,
  },
  {
    key: "depths",
    title: "Depth",
    minor: true,
    cell: ({ depths }) => (
      <div class="overview-spark">
        <Sparkline values={depths} />
      </div>
    ),
  },
  ...queueColumns,
];

const SHOWN = 8;

/** The deepest first. */
export function Queues({ bus }: { bus: Query<Answer<"describeBus">> }) {
  const total = bus.data?.queues.reduce((sum, { ready }) => sum + ready, 0);
  return (
    <Card
      title="Queues"
      actions={
        <>
          {total !== undefined && <span class="muted">{count(total)} messages wait</span>}
          <a href="/bus">The bus</a>
        </>
      }
      flush
    >
      <Loaded query={bus}>
        {({ queues }) => (
          <Table
            caption="Queues, the deepest first"
            columns={columns}
            rows={deepest(withDepths(queues, bus.updatedAt))}
            rowKey={({ name }) => name}
          />
        )}
      </Loaded>
    </Card>
  );
}

function withDepths(queues: readonly Omit<Queue, "depths">[], answeredAt: number | undefined): Queue[] {
  const depths = depthsOf(queues, answeredAt);
  return queues.map((queue) => ({ ...queue, depths: depths.get(queue.name) ?? [] }));
}

const deepest = (queues: readonly Queue[]): readonly Queue[] =>
  queues.toSorted((a, b) => b.ready - a.ready || b.consumers - a.consumers).slice(0, SHOWN);
