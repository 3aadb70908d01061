import { count } from "../../format/numbers.ts";
import { deadLettersHref } from "../links.ts";
import type { DeadByQueue } from "./dead-by-queue.ts";

/** How many are dead in a queue, with the way there; `+` where more dead letters are than were looked at. */
export function DeadCount({ queue, dead }: { queue: string; dead: DeadByQueue }) {
  const many = dead.of(queue);
  if (many === undefined || (many === 0 && !dead.isPart)) return <span class="muted">–</span>;
  return (
    <a href={deadLettersHref({ queue })}>
      {count(many)}
      {dead.isPart ? "+" : ""}
    </a>
  );
}
