import { useRef, useState } from "preact/hooks";
import type { ApiError } from "../../api/error.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FormError, focusFault } from "../../components/form-error.tsx";
import { bodyOf, type Draft } from "./draft.ts";
import { Preview } from "./preview.tsx";
import type { Rule, RuleBody } from "./rule.ts";
import { RuleForm } from "./rule-form.tsx";

export interface RuleWorkbenchProps {
  first: Draft;
  /** Of the rule that is changed; none: a new one. */
  ruleId?: string;
  action: string;
  onSaved: (rule: Rule) => void;
}

/** The form, and beside it what the rule in the form would have raised. */
export function RuleWorkbench({ first, ruleId, action, onSaved }: RuleWorkbenchProps) {
  const [draft, setDraft] = useState(first);
  const saving = useSaving(ruleId);
  const form = useRef<HTMLFormElement>(null);

  async function save(): Promise<void> {
    const saved = await saving.run(bodyOf(draft));
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
              isNew={ruleId === undefined}
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

interface Saving {
  run(body: RuleBody): Promise<Rule | undefined>;
  pending: boolean;
  error: ApiError | undefined;
}

function useSaving(ruleId: string | undefined): Saving {
  const creation = useMutation("createRule", { quiet: true });
  const reading = useMutation("showRule", { quiet: true });
  const replacement = useMutation("replaceRule", { quiet: true });
  if (ruleId === undefined) return { ...creation, run: (body) => creation.run({ body }) };
  const params = { rule_id: ruleId };
  return {
    pending: reading.pending || replacement.pending,
    error: reading.error ?? replacement.error,
    // On and off is the switch's, and may have been turned since the form was opened, here or elsewhere.
    async run(body) {
      const inForce = await reading.run({ params });
      return inForce && replacement.run({ params, body: { ...body, enabled: inForce.enabled } });
    },
  };
}
