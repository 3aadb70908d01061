import { useRef, useState } from "preact/hooks";
import { useMutation } from "../../api/use-mutation.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FormError, focusFault } from "../../components/form-error.tsx";
import { bodyOf, type Draft } from "./draft.ts";
import { Preview } from "./preview.tsx";
import type { Rule } from "./rule.ts";
import { RuleForm } from "./rule-form.tsx";

export interface RuleWorkbenchProps {
  first: Draft;
  /** Of the rule that is changed; none: a new one. */
  ruleId?: string;
  action: string;
  operation: "createRule" | "replaceRule";
  onSaved: (rule: Rule) => void;
}

/** The form, and beside it what the rule in the form would have raised. */
export function RuleWorkbench({ first, ruleId, action, operation, onSaved }: RuleWorkbenchProps) {
  const [draft, setDraft] = useState(first);
  const creation = useMutation("createRule", { quiet: true });
  const replacement = useMutation("replaceRule", { quiet: true });
  const saving = operation === "createRule" ? creation : replacement;
  const form = useRef<HTMLFormElement>(null);

  async function save(): Promise<void> {
    const body = bodyOf(draft);
    const saved =
      ruleId === undefined
        ? await creation.run({ body })
        : await replacement.run({ params: { rule_id: ruleId }, body });
    if (saved) onSaved(saved);
    else focusFault(form.current);
  }

  return (
    <div class="columns workbench">
      <form
        ref={form}
        aria-label="Rule"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Card>
          <div class="form">
            <FormError error={saving.error} />
            <RuleForm
              draft={draft}
              error={saving.error}
              onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
            />
            <div class="row end">
              <Button kind="primary" type="submit" busy={saving.pending}>
                {action}
              </Button>
            </div>
          </div>
        </Card>
      </form>
      <Preview draft={draft} {...(ruleId !== undefined && { ruleId })} />
    </div>
  );
}
