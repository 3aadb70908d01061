import { useQuery } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Select } from "../../components/field.tsx";
import { levels, wordOptions } from "../../components/level.tsx";
import { RangeFilter } from "../../components/range-filter.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { query, setQuery } from "../../state/location.ts";
import { useRange } from "../../state/range.ts";
import { states } from "./find-alerts.ts";

const filters = ["status", "level", "device", "rule", "range", "from", "to", "offset"];
const MOST_RULES = 1_000;

/** What is chosen stands in the URL, and begins at the first page. */
export function AlertFilters() {
  const given = query.value;
  const range = useRange("all");
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
      <TextFilter name="device" label="Device" placeholder="its whole id" />
      <Select
        label="Rule"
        value={rule}
        options={[{ value: "", label: "any" }, ...(unknown ? [{ value: rule, label: rule }] : []), ...known]}
        onChange={set("rule")}
      />
      <RangeFilter label="Triggered" range={range} fallback="all" all />
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
