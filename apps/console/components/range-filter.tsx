import { zone } from "../state/preferences.ts";
import { type Range, type RangeWord, type Span, setBound, setRange, spans } from "../state/range.ts";
import { Select, TextField } from "./field.tsx";

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
          <Bound name="from" label={`From (${zone.value})`} value={range.from} />
          <Bound name="to" label={`To (${zone.value})`} value={range.to} />
        </>
      )}
    </>
  );
}

function Bound({ name, label, value }: { name: "from" | "to"; label: string; value: string }) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      step={1}
      value={inputOf(value)}
      onInput={(text) => setBound(name, timeOf(text))}
    />
  );
}

const MINUTE_MS = 60_000;

/** As an input of the kind `datetime-local` wants it: without a zone, and in the one that is shown. */
function inputOf(time: string): string {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return "";
  const shift = zone.value === "utc" ? 0 : moment.getTimezoneOffset() * MINUTE_MS;
  return new Date(moment.getTime() - shift).toISOString().slice(0, 19);
}

function timeOf(input: string): string {
  const moment = new Date(zone.value === "utc" ? `${input}Z` : input);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}
