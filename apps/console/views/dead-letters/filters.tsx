import { Button } from "../../components/button.tsx";
import { Select } from "../../components/field.tsx";
import { RangeFilter } from "../../components/range-filter.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { query, setQuery, useParam } from "../../state/location.ts";
import { type Range, useRange } from "../../state/range.ts";

const names = ["queue", "type", "source", "error_type", "error_code", "correlation_id"] as const;

const states = ["dead", "replayed", "discarded", "all"] as const;
export type StateFilter = (typeof states)[number];

/** What the URL narrows the dead letters by, as the API takes it. */
export type DeadLetterFilter = Partial<Record<(typeof names)[number] | "start_time" | "end_time", string>>;

export interface Filters {
  state: StateFilter;
  range: Range;
  /** Changes when what is asked for does. */
  key: string;
  /** With the times as they are now. */
  filter(): DeadLetterFilter;
}

export function useFilters(): Filters {
  const [word] = useParam("state", "dead");
  const range = useRange("all");
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = query.value.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  const state = states.find((each) => each === word) ?? "dead";
  return {
    state,
    range,
    key: `${state} ${range.key} ${JSON.stringify(given)}`,
    filter: () => ({ ...given, ...range.bounds() }),
  };
}

export function FilterBar({ filters, queues }: { filters: Filters; queues: readonly string[] }) {
  const isFiltered = names.some((name) => query.value.has(name)) || filters.range.word !== "all";
  return (
    <search class="toolbar">
      <Select
        label="State"
        value={filters.state}
        options={[
          { value: "dead", label: "Dead" },
          { value: "replayed", label: "Replayed" },
          { value: "discarded", label: "Discarded" },
          { value: "all", label: "All" },
        ]}
        onChange={(state) => setQuery({ state: state === "dead" ? undefined : state, offset: undefined })}
      />
      <TextFilter name="queue" label="Queue" list="dead-letter-queues" />
      <datalist id="dead-letter-queues">
        {queues.map((queue) => (
          <option key={queue} value={queue} />
        ))}
      </datalist>
      <TextFilter name="type" label="Event type" />
      <TextFilter name="error_code" label="Error code" />
      <TextFilter name="error_type" label="Error type" />
      <TextFilter name="source" label="Source" />
      <TextFilter name="correlation_id" label="Correlation id" />
      <RangeFilter range={filters.range} fallback="all" all label="Died" />
      {isFiltered && (
        <Button
          kind="ghost"
          onClick={() =>
            setQuery(
              Object.fromEntries(
                [...names, "range", "from", "to", "offset"].map((name) => [name, undefined]),
              ),
            )
          }
        >
          Clear
        </Button>
      )}
    </search>
  );
}
