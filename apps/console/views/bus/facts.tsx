import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { Icon } from "../../components/icon.tsx";
import { Sparkline } from "../../components/sparkline.tsx";
import { count } from "../../format/numbers.ts";
import { deadLettersHref } from "../links.ts";
import type { DeadByQueue } from "./dead-by-queue.ts";
import { DeadCount } from "./dead-count.tsx";
import type { Depths } from "./depths.ts";
import { type Bus, type Queue, RETURN_EXCHANGE } from "./layout.ts";
import { growthText, stateOf } from "./queue-state.ts";

export interface QueueFactsProps {
  queue: Queue;
  bus: Bus;
  depths: Depths;
  dead: DeadByQueue;
  onClose: () => void;
}

const kinds: Readonly<Record<Queue["kind"], string>> = {
  work: "a consumer's own; loses nothing",
  rung: "holds what failed for a while, then returns it to its queue",
  dead: "what failed for good, on its way to the store",
  stream: "live values; may forget",
};

export function QueueFacts({ queue, bus, depths, dead, onClose }: QueueFactsProps) {
  const { name, kind, consumer, ready, consumers, max_length } = queue;
  const { word, tone } = stateOf(queue);
  return (
    <Card
      title={<code>{name}</code>}
      actions={
        <button type="button" class="icon-button" aria-label="Close the queue's facts" onClick={onClose}>
          <Icon name="close" />
        </button>
      }
    >
      <div class="queue-depth">
        <div class="stat-value">{count(ready)}</div>
        <div class="muted small-text">ready, {growthText(queue)}</div>
        <Sparkline values={depths} />
      </div>
      <dl class="facts">
        <Fact name="State">
          <Badge tone={tone}>{word}</Badge>
        </Fact>
        <Fact name="Kind">{kinds[kind]}</Fact>
        {consumer !== null && <Fact name="Function">{consumer}</Fact>}
        {kind !== "rung" && <Fact name="Consumers">{count(consumers)}</Fact>}
        {max_length !== null && <Fact name="Holds at most">{count(max_length)}</Fact>}
        <Fact name="Dead letters">
          <DeadCount queue={name} dead={dead} />
        </Fact>
      </dl>
      <Bindings queue={name} bus={bus} />
      {dead.of(name) ? (
        <div class="row links-below">
          <ButtonLink small href={deadLettersHref({ queue: name })}>
            See its dead letters
          </ButtonLink>
        </div>
      ) : null}
    </Card>
  );
}

function Bindings({ queue, bus }: { queue: string; bus: Bus }) {
  const own = bus.bindings.filter((each) => each.queue === queue && each.exchange !== RETURN_EXCHANGE);
  return (
    <>
      <h3 class="subtitle">Bound to</h3>
      <ul class="bindings">
        {own.map(({ exchange, key }) => (
          <li key={`${exchange} ${key}`}>
            <code>{exchange}</code> <code class="muted">{key || "everything"}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
