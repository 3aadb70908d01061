import { useEffect, useState } from "preact/hooks";
import { useMutation } from "../../api/use-mutation.ts";
import { Toggle } from "../../components/toggle.tsx";
import type { Rule } from "./rule.ts";

export interface EnabledToggleProps {
  /** As the API last showed it. */
  rule: Pick<Rule, "rule_id" | "name" | "enabled">;
  /** It was turned, or that failed: what the API shows now is to be asked for. */
  onTurned: () => void;
}

/** Takes effect at once; turning it back undoes it. */
export function EnabledToggle({ rule, onTurned }: EnabledToggleProps) {
  const [wanted, setWanted] = useState<boolean>();
  const [turned, setTurned] = useState<boolean>();
  const change = useMutation("enableRule", {
    done: ({ enabled }) => `${rule.name} is ${enabled ? "on" : "off"}`,
  });
  // Whatever was turned here stands until the API shows the rule anew: somebody else may turn it too.
  useEffect(() => setTurned(undefined), [rule]);

  async function turn(enabled: boolean): Promise<void> {
    setWanted(enabled);
    const answer = await change.run({ params: { rule_id: rule.rule_id }, body: { enabled } });
    setWanted(undefined);
    if (answer) setTurned(answer.enabled);
    onTurned();
  }

  return (
    <Toggle
      label={`${rule.name} is on`}
      on={wanted ?? turned ?? rule.enabled}
      busy={change.pending}
      onChange={(enabled) => void turn(enabled)}
    />
  );
}
