import { useQuery } from "../../api/use-query.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { toast } from "../../components/toast.tsx";
import { go, query } from "../../state/location.ts";
import { draftOf, emptyDraft } from "./draft.ts";
import { RuleWorkbench } from "./rule-workbench.tsx";

/** Empty, of the metric and device in the URL, or like another rule (`?like=rul_…`). */
export function NewRule() {
  const like = query.value.get("like");
  const model = useQuery("showRule", like === null ? null : { params: { rule_id: like } });
  return (
    <Page
      title="New rule"
      description="Nothing is raised before it is saved. The preview says what it would have raised."
      actions={
        <ButtonLink href="/rules" kind="ghost">
          All rules
        </ButtonLink>
      }
    >
      {like === null ? (
        <Creation first={{ ...emptyDraft, ...givenFields(query.value) }} />
      ) : (
        <Loaded query={model}>
          {(rule) => <Creation first={{ ...draftOf(rule), name: `${rule.name} (copy)` }} />}
        </Loaded>
      )}
    </Page>
  );
}

function Creation({ first }: { first: typeof emptyDraft }) {
  return (
    <RuleWorkbench
      first={first}
      action="Create rule"
      onSaved={(rule) => {
        toast(`${rule.name} was created`, "good");
        go(`/rules/${rule.rule_id}`, { replace: true });
      }}
    />
  );
}

const givenFields = (given: URLSearchParams) => ({
  metric_name: given.get("metric") ?? "",
  device_ids: given.getAll("device").join("\n"),
});
