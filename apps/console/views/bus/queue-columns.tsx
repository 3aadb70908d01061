import { Badge } from "../../components/badge.tsx";
import type { Column } from "../../components/table.tsx";
import { count } from "../../format/numbers.ts";
import type { Queue } from "./layout.ts";
import { growthText } from "./queue-state.ts";

/** What every table of queues shows of each: what waits, whether it grows, and who takes it. */
export const queueColumns: readonly Column<Queue>[] = [
  {
    key: "ready",
    title: "Ready",
    align: "end",
    cell: ({ ready }) => count(ready),
    sortBy: ({ ready }) => ready,
  },
  {
    key: "growth",
    title: "Growth",
    align: "end",
    cell: (queue) => growthText(queue),
    sortBy: ({ growth_per_second: growth }) => growth ?? 0,
  },
  {
    key: "consumers",
    title: "Consumers",
    align: "end",
    minor: true,
    cell: ({ kind, consumers }) => {
      if (kind === "rung") return <span class="muted">–</span>;
      return kind === "work" && consumers === 0 ? <Badge tone="warning">none</Badge> : count(consumers);
    },
    sortBy: ({ consumers }) => consumers,
  },
];
