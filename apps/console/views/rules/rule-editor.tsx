import { useState } from "preact/hooks";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { confirm } from "../../components/confirm.tsx";
import { Page } from "../../components/page.tsx";
import { Stat } from "../../components/stat.tsx";
import { Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { toast } from "../../components/toast.tsx";
import { count } from "../../format/numbers.ts";
import { relativeTo } from "../../format/times.ts";
import { go } from "../../state/location.ts";
import { now } from "../../state/now.ts";
import { draftOf } from "./draft.ts";
import { EnabledToggle } from "./enabled-toggle.tsx";
import { breachOf, type Rule } from "./rule.ts";
import { RuleWorkbench } from "./rule-workbench.tsx";

const EVERY_MS = 10_000;

/** A rule that is in force: how often it was triggered, and its form. */
export function RuleEditor({ ruleId }: { ruleId: string }) {
  const rule = useQuery("showRule", { params: { rule_id: ruleId } }, { everyMs: EVERY_MS });
  const removal = useMutation("removeRule", { done: "The rule is gone" });
  const known = rule.data;

  async function remove({ name }: Rule): Promise<void> {
    const sure = await confirm({
      title: "Delete this rule?",
      body: (
        <p>
          “{name}” raises nothing any more, and its open alerts are resolved. Past alerts stay. This cannot be
          undone; turning it off can.
        </p>
      ),
      action: "Delete rule",
      danger: true,
    });
    if (sure && (await removal.run({ params: { rule_id: ruleId } }))) go("/rules");
  }

  return (
    <Page
      title={known?.name ?? "Rule"}
      description={known && <code>{breachOf(known)}</code>}
      actions={
        <>
          <ButtonLink href="/rules" kind="ghost">
            All rules
          </ButtonLink>
          {known && <ButtonLink href={`/rules/new?like=${ruleId}`}>Duplicate</ButtonLink>}
          {known && (
            <Button kind="danger" busy={removal.pending} onClick={() => void remove(known)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      <Loaded query={rule}>{(data) => <Existing rule={data} onChanged={rule.refresh} />}</Loaded>
    </Page>
  );
}

function Existing({ rule, onChanged }: { rule: Rule; onChanged: () => void }) {
  const [first] = useState(() => draftOf(rule));
  return (
    <div class="stack">
      <div class="stats">
        <Stat
          label="Triggered"
          value={count(rule.total_triggers)}
          hint={rule.total_triggers === 1 ? "time in all" : "times in all"}
          href={`/alerts?status=all&rule=${rule.rule_id}`}
        />
        <Stat
          label="Last triggered"
          value={
            rule.last_triggered === null ? "never" : relativeTo(new Date(rule.last_triggered), now.value)
          }
          hint={rule.last_triggered === null ? undefined : <Time value={rule.last_triggered} />}
        />
        <div class="stat">
          <p class="stat-label">In force</p>
          <p class="stat-value">
            <EnabledToggle rule={rule} onTurned={onChanged} />
          </p>
          <p class="stat-hint">takes effect within two seconds</p>
        </div>
        <div class="stat">
          <p class="stat-label">Level</p>
          <p class="stat-value">
            <Badge>{rule.level}</Badge>
          </p>
          <p class="stat-hint">
            changed <Time value={rule.updated_at} relative />; created by {rule.created_by}
          </p>
        </div>
      </div>
      <RuleWorkbench
        first={first}
        ruleId={rule.rule_id}
        action="Save"
        onSaved={({ name }) => {
          toast(`${name} is saved`, "good");
          onChanged();
        }}
      />
    </div>
  );
}
