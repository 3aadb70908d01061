import { type Range, type RangeWord, setBound, setRange } from "../state/range.ts";
import { type Span, spans } from "../state/spans.ts";
import { Select } from "./field.tsx";
import { MomentField } from "./moment-field.tsx";

export interface RangeFilterProps {
  range: Range;
  /** What is meant where the URL says nothing. */
  fallback: Span | "all";
  /** Whether all of time can be asked for. @default false */
  all?: boolean;
  label?: string;
}

/** A span up to now, or from one moment to another; in the URL. */
export function RangeFilter({ range, fallback, all = false, label = "Time" }: RangeFilterProps) {
  const options: { value: RangeWord; label: string }[] = [
    ...(all ? [{ value: "all" as const, label: "Any time" }] : []),
    ...Object.entries(spans).map(([value, span]) => ({ value: value as Span, label: span.label })),
    { value: "between", label: "Between …" },
  ];
  return (
    <>
      <Select
        label={label}
        value={range.word}
        options={options}
        onChange={(word) => setRange(word, fallback)}
      />
      {range.word === "between" && (
        <>
          <MomentField label="From" value={range.from} onInput={(time) => setBound("from", time)} />
          <MomentField label="To" value={range.to} onInput={(time) => setBound("to", time)} />
        </>
      )}
    </>
  );
}
