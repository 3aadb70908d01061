import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { Empty, Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count, number } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";

/** The rule as it is now: it may have been changed since, or be gone. */
export function RuleOfAlert({ ruleId }: { ruleId: string }) {
  const rule = useQuery("showRule", { params: { rule_id: ruleId } });
  if (rule.error?.status === 404)
    return (
      <Card title="Rule">
        <Empty>The rule was deleted.</Empty>
      </Card>
    );
  return (
    <Card title="Rule, as it is now" actions={<a href={`/rules/${ruleId}`}>Open the rule</a>}>
      <Loaded query={rule}>
        {(known) => (
          <dl class="facts">
            <Fact name="name">
              {known.name} {!known.enabled && <Badge tone="neutral">off</Badge>}
            </Fact>
            <Fact name="bad if">
              <code>
                {known.metric_name} {known.condition} {number(known.threshold_value)}
              </code>
            </Fact>
            <Fact name="raises">
              <Badge>{known.level}</Badge> after {count(known.trigger_count)} within{" "}
              {duration(known.evaluation_window * 1_000)}
            </Fact>
            <Fact name="triggered">
              {count(known.total_triggers)} {known.total_triggers === 1 ? "time" : "times"}, last{" "}
              <Time value={known.last_triggered} relative />
            </Fact>
            {known.description && <Fact name="description">{known.description}</Fact>}
          </dl>
        )}
      </Loaded>
    </Card>
  );
}
