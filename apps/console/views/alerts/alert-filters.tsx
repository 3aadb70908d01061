import { useQuery } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { levels, wordOptions } from "../../components/level.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { query, setQuery } from "../../state/location.ts";
import { ranges } from "../../state/time-range.ts";
import { states } from "./find-alerts.ts";

const filters = ["status", "level", "device", "rule", "range", "from", "to", "offset"];
const MOST_RULES = 1_000;

/** What is chosen stands in the URL, and begins at the first page. */
export function AlertFilters() {
  const given = query.value;
  const rules = useQuery("listRules", { query: { limit: MOST_RULES } });
  const value = (name: string, fallback = "") => given.get(name) ?? fallback;
  const set = (name: string) => (next: string) => setQuery({ [name]: next, offset: undefined });
  const known = (rules.data?.rules ?? []).map(({ rule_id, name }) => ({ value: rule_id, label: name }));
  const rule = value("rule");
  const unknown = rule !== "" && !known.some((each) => each.value === rule);
  return (
    <search class="toolbar" aria-label="Filter alerts">
      <Select
        label="Status"
        value={value("status", "open")}
        options={wordOptions(states)}
        onChange={(next) => set("status")(next === "open" ? "" : next)}
      />
      <Select
        label="Level"
        value={value("level")}
        options={[{ value: "", label: "any" }, ...wordOptions(levels)]}
        onChange={set("level")}
      />
      <SearchField
        label="Device"
        placeholder="its whole id"
        value={value("device")}
        onSearch={set("device")}
      />
      <Select
        label="Rule"
        value={rule}
        options={[{ value: "", label: "any" }, ...(unknown ? [{ value: rule, label: rule }] : []), ...known]}
        onChange={set("rule")}
      />
      <Select
        label="Triggered"
        value={value("from") || value("to") ? "custom" : value("range")}
        options={[
          { value: "", label: "at any time" },
          ...Object.entries(ranges).map(([name, { label }]) => ({ value: name, label })),
          { value: "custom", label: "From, until …" },
        ]}
        onChange={(next) =>
          setQuery(
            next === "custom"
              ? { range: undefined, from: dayAgo(), offset: undefined }
              : { range: next, from: undefined, to: undefined, offset: undefined },
          )
        }
      />
      {(value("from") || value("to")) && (
        <>
          <MomentFilter label="From" value={value("from")} onChange={set("from")} />
          <MomentFilter label="Until" value={value("to")} onChange={set("to")} />
        </>
      )}
      {filters.some((name) => given.has(name)) && (
        <Button
          kind="ghost"
          onClick={() => setQuery(Object.fromEntries(filters.map((name) => [name, undefined])))}
        >
          Clear
        </Button>
      )}
    </search>
  );
}

const DAY_MS = 86_400_000;
const dayAgo = (): string => new Date(Date.now() - DAY_MS).toISOString();

function MomentFilter({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (moment: string) => void;
}) {
  return (
    <TextField
      label={`${label} (local time)`}
      type="datetime-local"
      value={localOf(value)}
      onInput={(text) => onChange(momentOf(text))}
    />
  );
}

/** As inputs want it: the browser's own time, to the minute. */
export function localOf(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function momentOf(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
