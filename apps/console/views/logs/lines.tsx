import { useMemo } from "preact/hooks";
import { chunksOf, type Entry } from "./entries.ts";
import type { LineLook } from "./filters.tsx";
import { Line } from "./line.tsx";

export interface LinesProps {
  label: string;
  /** Newest first. */
  entries: readonly Entry[];
  q: string;
  look: LineLook;
  selected?: string | undefined;
}

const CHUNK = 100;

/** Ten thousand stay smooth: what is out of sight is not laid out (`content-visibility`), and not compared. */
export function Lines({ label, entries, q, look, selected }: LinesProps) {
  const chunks = useMemo(() => chunksOf(entries, CHUNK), [entries]);
  return (
    <section class={`log-lines${look.mono ? " mono" : ""}${look.wrap ? " wrap" : ""}`} aria-label={label}>
      {chunks.map((chunk) => (
        <Chunk key={chunk.at(-1)?.id} entries={chunk} q={q} selected={selected} />
      ))}
    </section>
  );
}

function Chunk({
  entries,
  q,
  selected,
}: {
  entries: readonly Entry[];
  q: string;
  selected: string | undefined;
}) {
  const ids = entries.map(({ id }) => id).join();
  // The same elements are not compared again.
  return useMemo(
    () => (
      <ul class="log-chunk">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} q={q} isSelected={entry.id === selected} />
        ))}
      </ul>
    ),
    [ids, q, selected],
  );
}
