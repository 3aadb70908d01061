import { Checkbox, Select } from "../../components/field.tsx";
import { RangeFilter } from "../../components/range-filter.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { useParam } from "../../state/location.ts";
import { type Range, useRange } from "../../state/range.ts";

export const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** As the API takes it. */
export type LogFilter = Partial<Record<"q" | "service" | "min_level" | "correlation_id", string>>;

export interface LogFilters {
  filter: LogFilter;
  range: Range;
  /** Changes when what is asked for does. */
  key: string;
}

export function useLogFilters(): LogFilters {
  const [q] = useParam("q");
  const [service] = useParam("service");
  const [min_level] = useParam("min_level");
  const [correlation_id] = useParam("correlation_id");
  const range = useRange("24h");
  const filter = {
    ...(q && { q }),
    ...(service && { service }),
    ...(min_level && { min_level }),
    ...(correlation_id && { correlation_id }),
  };
  return { filter, range, key: `${JSON.stringify(filter)} ${range.key}` };
}

export function LogFilterBar({ filters: { range }, isLive }: { filters: LogFilters; isLive: boolean }) {
  const [level, setLevel] = useParam("min_level");
  return (
    <search class="toolbar">
      <TextFilter name="q" label="Words" placeholder="All must be there" />
      <TextFilter name="service" label="Service" />
      <Select
        label="Level"
        value={level}
        options={[
          { value: "", label: "Every level" },
          ...levels.map((each) => ({ value: each, label: each === "fatal" ? "fatal" : `${each} and above` })),
        ]}
        onChange={(value) => setLevel(value)}
      />
      <TextFilter name="correlation_id" label="Correlation id" />
      {!isLive && <RangeFilter range={range} fallback="24h" />}
    </search>
  );
}

export interface LineLook {
  mono: boolean;
  wrap: boolean;
}

export function useLook(): LineLook {
  const [font] = useParam("font", "mono");
  const [wrap] = useParam("wrap", "yes");
  return { mono: font === "mono", wrap: wrap === "yes" };
}

export function LookSwitches() {
  const [font, setFont] = useParam("font", "mono");
  const [wrap, setWrap] = useParam("wrap", "yes");
  return (
    <>
      <Checkbox
        label="Monospace"
        checked={font === "mono"}
        onChange={(mono) => setFont(mono ? "mono" : "text", { replace: true })}
      />
      <Checkbox
        label="Wrap lines"
        checked={wrap === "yes"}
        onChange={(on) => setWrap(on ? "yes" : "no", { replace: true })}
      />
    </>
  );
}
