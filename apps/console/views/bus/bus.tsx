import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { duration } from "../../format/times.ts";
import { useParam } from "../../state/location.ts";
import { type DeadByQueue, useDeadByQueue } from "./dead-by-queue.ts";
import { DeadCount } from "./dead-count.tsx";
import { depthsOf } from "./depths.ts";
import { Diagram } from "./diagram.tsx";
import { QueueFacts } from "./facts.tsx";
import { type Bus, type Queue, RETURN_EXCHANGE } from "./layout.ts";
import { queueColumns } from "./queue-columns.tsx";
import { stateOf } from "./queue-state.ts";

const EVERY_MS = 3_000;

/** Where events go, and how full each way is. */
export default function BusView() {
  const bus = useQuery("describeBus", {}, { everyMs: EVERY_MS });
  const dead = useDeadByQueue();
  const [selected, select] = useParam("queue");
  const choose = (queue: string) => select(queue === selected ? "" : queue, { replace: true });
  return (
    <Page title="Bus" description="Exchanges, the queues they lead to, and who consumes them; live.">
      <Loaded query={bus}>
        {(found) => {
          const depths = depthsOf(found.queues, bus.updatedAt);
          const queue = found.queues.find(({ name }) => name === selected);
          return (
            <div class="stack">
              <div class={queue ? "bus-and-facts" : undefined}>
                <Card class="bus-card" title={summaryOf(found)} actions={<Since bus={found} />}>
                  <Diagram bus={found} selected={queue?.name} onSelect={choose} />
                  <p class="muted small-text bus-caption">
                    What a consumer fails on in passing waits on the rungs (retry.1s, then 5s, then 30s) and
                    returns to its own queue by {RETURN_EXCHANGE}; what fails for good goes to dead.letters.
                  </p>
                </Card>
                {queue && (
                  <QueueFacts
                    queue={queue}
                    bus={found}
                    depths={depths.get(queue.name) ?? []}
                    dead={dead}
                    onClose={() => select("", { replace: true })}
                  />
                )}
              </div>
              <Card title="Queues" flush>
                <Table
                  caption="Queues"
                  columns={columnsWith(dead, choose)}
                  rows={found.queues}
                  rowKey={({ name }) => name}
                  isSelected={({ name }) => name === selected}
                />
              </Card>
              <SubscribersQueues bus={found} dead={dead} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function summaryOf({ queues }: Bus): string {
  const states = queues.map((queue) => stateOf(queue).word);
  const odd = ["no consumer", "full", "growing", "behind"]
    .map((word) => [word, states.filter((each) => each === word).length] as const)
    .filter(([, many]) => many > 0)
    .map(([word, many]) => `${many} ${word}`);
  return odd.length > 0 ? odd.join(", ") : "Every queue keeps up";
}

const Since = ({ bus: { growth_over_seconds: seconds } }: { bus: Bus }) =>
  seconds === null ? null : <span class="muted small-text">growth over {duration(seconds * 1_000)}</span>;

const columnsWith = (dead: DeadByQueue, onSelect: (queue: string) => void): Column<Queue>[] => [
  {
    key: "name",
    title: "Queue",
    wide: true,
    cell: ({ name }) => (
      <button type="button" class="link" onClick={() => onSelect(name)}>
        <code>{name}</code>
      </button>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "consumer",
    title: "Function",
    minor: true,
    cell: ({ consumer }) => <span class="muted">{consumer ?? "–"}</span>,
    sortBy: ({ consumer }) => consumer ?? "",
  },
  {
    key: "state",
    title: "State",
    cell: (queue) => {
      const { word, tone } = stateOf(queue);
      return <Badge tone={tone}>{word}</Badge>;
    },
    sortBy: (queue) => stateOf(queue).word,
  },
  ...queueColumns,
  {
    key: "dead",
    title: "Dead letters",
    align: "end",
    minor: true,
    cell: ({ name }) => <DeadCount queue={name} dead={dead} />,
    sortBy: ({ name }) => dead.of(name) ?? 0,
  },
];

/** What subscribers declare for themselves is not in the platform's table: it shows where something of theirs died. */
function SubscribersQueues({ bus, dead }: { bus: Bus; dead: DeadByQueue }) {
  const own = new Set(bus.queues.map(({ name }) => name));
  const others = dead.queues.filter((queue) => !own.has(queue));
  if (others.length === 0) return null;
  return (
    <Card title="Subscribers' own queues with dead letters" flush>
      <Table
        caption="Subscribers' own queues"
        columns={[
          { key: "name", title: "Queue", wide: true, cell: (name) => <code>{name}</code> },
          {
            key: "dead",
            title: "Dead letters",
            align: "end",
            cell: (name) => <DeadCount queue={name} dead={dead} />,
          },
        ]}
        rows={others}
        rowKey={(name) => name}
      />
    </Card>
  );
}
