import { useMemo } from "preact/hooks";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Select } from "../../components/field.tsx";
import { isLevel, levels, wordOptions } from "../../components/level.tsx";
import { Page } from "../../components/page.tsx";
import { Pager } from "../../components/pager.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { TextFilter } from "../../components/text-filter.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { query, setQuery } from "../../state/location.ts";
import { useOffset } from "../../state/paging.ts";
import { EnabledToggle } from "./enabled-toggle.tsx";
import { breachOf, type Rule } from "./rule.ts";

const EVERY_MS = 10_000;
const PAGE = 50;

export function RuleList() {
  const given = query.value;
  const level = given.get("level") ?? "";
  const enabled = given.get("enabled") ?? "";
  const metric = given.get("metric") ?? "";
  const [offset, onOffset] = useOffset();
  const filters = {
    ...(isLevel(level) && { level }),
    ...((enabled === "true" || enabled === "false") && { enabled: enabled as "true" | "false" }),
    ...(metric && { metric_name: metric }),
  };
  const rules = useQuery("listRules", { query: { ...filters, limit: PAGE, offset } }, { everyMs: EVERY_MS });
  const columns = useMemo(() => columnsOf(rules.refresh), [rules.refresh]);
  return (
    <Page
      title="Rules"
      description="Which values of a metric are bad, and who is told."
      actions={
        <ButtonLink href="/rules/new" kind="primary">
          New rule
        </ButtonLink>
      }
    >
      <div class="stack">
        <RuleFilters {...{ level, enabled, metric }} />
        <Card flush>
          <Loaded query={rules}>
            {(answer) => (
              <>
                <Table
                  caption="Rules"
                  columns={columns}
                  rows={answer.rules}
                  rowKey={({ rule_id }) => rule_id}
                  empty={
                    Object.keys(filters).length > 0 ? (
                      "No rule fits."
                    ) : (
                      <>
                        There is no rule yet: nobody is told of anything.{" "}
                        <a href="/rules/new">Create the first</a>
                      </>
                    )
                  }
                />
                <Pager limit={PAGE} offset={offset} count={answer.count} onOffset={onOffset} />
              </>
            )}
          </Loaded>
        </Card>
      </div>
    </Page>
  );
}

function RuleFilters({ level, enabled, metric }: { level: string; enabled: string; metric: string }) {
  const set = (name: string) => (value: string) => setQuery({ [name]: value, offset: undefined });
  return (
    <search class="toolbar" aria-label="Filter rules">
      <TextFilter name="metric" label="Metric" placeholder="its whole name" />
      <Select
        label="Level"
        value={level}
        options={[{ value: "", label: "any" }, ...wordOptions(levels)]}
        onChange={set("level")}
      />
      <Select
        label="On or off"
        value={enabled}
        options={[
          { value: "", label: "both" },
          { value: "true", label: "on" },
          { value: "false", label: "off" },
        ]}
        onChange={set("enabled")}
      />
      {(level || enabled || metric) && (
        <Button
          kind="ghost"
          onClick={() =>
            setQuery({ level: undefined, enabled: undefined, metric: undefined, offset: undefined })
          }
        >
          Clear
        </Button>
      )}
    </search>
  );
}

const columnsOf = (onTurned: () => void): readonly Column<Rule>[] => [
  { key: "enabled", title: "On", cell: (rule) => <EnabledToggle rule={rule} onTurned={onTurned} /> },
  {
    key: "level",
    title: "Level",
    cell: ({ level }) => <Badge>{level}</Badge>,
    sortBy: ({ level }) => levels.indexOf(level),
  },
  {
    key: "name",
    title: "Rule",
    wide: true,
    cell: (rule) => (
      <>
        <a href={`/rules/${rule.rule_id}`}>
          <strong>{rule.name}</strong>
        </a>
        <div class="muted">
          <code>{breachOf(rule)}</code>
          {rule.trigger_count > 1 && `, ${rule.trigger_count} times`}
          {scopeOf(rule)}
        </div>
      </>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "tags",
    title: "Tags",
    minor: true,
    cell: ({ tags }) => <span class="rule-tags">{tags.join(", ")}</span>,
  },
  {
    key: "triggers",
    title: "Triggered",
    align: "end",
    cell: ({ rule_id, total_triggers }) => (
      <a href={`/alerts?status=all&rule=${rule_id}`} aria-label={`${count(total_triggers)} alerts of it`}>
        {count(total_triggers)}
      </a>
    ),
    sortBy: ({ total_triggers }) => total_triggers,
  },
  {
    key: "last",
    title: "Last",
    align: "end",
    minor: true,
    cell: ({ last_triggered }) => <Time value={last_triggered} relative />,
    sortBy: ({ last_triggered }) => last_triggered ?? "",
  },
];

function scopeOf({ device_ids, device_groups }: Rule): string {
  const parts = [
    device_ids.length > 0 && (device_ids.length > 2 ? `${device_ids.length} devices` : device_ids.join(", ")),
    device_groups.length > 0 && `groups ${device_groups.join(", ")}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? `; ${parts.join("; ")}` : "";
}
