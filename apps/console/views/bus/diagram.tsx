import { useMemo, useState } from "preact/hooks";
import { compact } from "../../format/numbers.ts";
import {
  type Bus,
  type Edge,
  type Layout,
  layoutOf,
  NODE,
  type Node,
  pathThrough,
  type Queue,
} from "./layout.ts";
import { growthText, stateOf } from "./queue-state.ts";

export interface DiagramProps {
  bus: Bus;
  selected: string | undefined;
  onSelect: (queue: string) => void;
}

const HEAD = 28;

/** The ways through the bus. What the pointer or the focus is on shows its own; the table below says the same. */
export function Diagram({ bus, selected, onSelect }: DiagramProps) {
  const layout = useMemo(() => layoutOf(bus), [bus]);
  const [at, setAt] = useState<string>();
  const lit = at ?? (selected === undefined ? undefined : `queue ${selected}`);
  const path = useMemo(() => (lit === undefined ? undefined : pathThrough(lit, layout.edges)), [lit, layout]);
  const { width, height } = layout;
  return (
    <svg
      class={path ? "bus-diagram lit" : "bus-diagram"}
      viewBox={`-2 ${-HEAD} ${width + 4} ${height + HEAD + 4}`}
      aria-label="Exchanges, queues and consumers"
      onMouseLeave={() => setAt(undefined)}
    >
      <Heads layout={layout} />
      {layout.edges.map((edge) => (
        <Way key={edge.key} edge={edge} isLit={path?.has(edge.key) ?? false} />
      ))}
      {layout.nodes.map((node) => (
        <Box
          key={node.key}
          node={node}
          isLit={path?.has(node.key) ?? false}
          isSelected={node.kind === "queue" && node.name === selected}
          onAt={setAt}
          onSelect={onSelect}
        />
      ))}
    </svg>
  );
}

function Heads({ layout: { width } }: { layout: Layout }) {
  const places = [0, width / 2 - NODE.width / 2, width - NODE.width];
  return (
    <g>
      {["Exchanges", "Queues", "Consumers"].map((title, i) => (
        <text key={title} class="bus-head" x={places[i] ?? 0} y={-HEAD / 2}>
          {title}
        </text>
      ))}
    </g>
  );
}

function Way({ edge: { from, to, labels }, isLit }: { edge: Edge; isLit: boolean }) {
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x, to.y + NODE.height / 2];
  const middle = (x1 + x2) / 2;
  return (
    <path class={isLit ? "way lit" : "way"} d={`M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}`}>
      {labels.length > 0 && <title>{labels.join(", ")}</title>}
    </path>
  );
}

interface BoxProps {
  node: Node;
  isLit: boolean;
  isSelected: boolean;
  onAt: (key: string | undefined) => void;
  onSelect: (queue: string) => void;
}

/** Reached by the keyboard; a queue is also a button. */
function Box({ node, isLit, isSelected, onAt, onSelect }: BoxProps) {
  const { key, kind, name, x, y, queue } = node;
  const state = queue && stateOf(queue);
  const choose = queue && (() => onSelect(name));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: of the role image or button, as its kind says
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a queue is a button
    <g
      class={`node ${kind} ${state?.tone ?? ""}${isLit ? " lit" : ""}${isSelected ? " selected" : ""}`}
      transform={`translate(${x},${y})`}
      role={queue ? "button" : "img"}
      tabIndex={0}
      aria-label={labelOf(node)}
      aria-pressed={queue ? isSelected : undefined}
      onMouseEnter={() => onAt(key)}
      onFocus={() => onAt(key)}
      onBlur={() => onAt(undefined)}
      onClick={choose}
      onKeyDown={(event) => {
        if (!choose || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        choose();
      }}
    >
      <rect width={NODE.width} height={NODE.height} rx="6" />
      {queue && <rect class="node-state" width="4" height={NODE.height} rx="2" />}
      <text class="node-name" x="12" y={queue ? 16 : 23}>
        {queue ? `${name} ` : name}
      </text>
      {queue && (
        <text class="node-facts" x="12" y="31">
          {factsOf(queue)}
        </text>
      )}
    </g>
  );
}

function factsOf(queue: Queue): string {
  const { kind, ready, consumers } = queue;
  const facts = [`${compact(ready)} ready`, growthText(queue)];
  if (kind !== "rung") facts.push(`${consumers} ${consumers === 1 ? "consumer" : "consumers"}`);
  return facts.join(" · ");
}

/** Begins with what is seen: who speaks to the page says what they see. */
const labelOf = ({ kind, name, queue }: Node): string =>
  queue ? `${name} ${factsOf(queue)}, ${stateOf(queue).word}` : `${name}, ${kind}`;
