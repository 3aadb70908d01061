import { query } from "../../state/location.ts";
import type { ViewProps } from "../../views.ts";
import { NewRule } from "./new-rule.tsx";
import { RuleEditor } from "./rule-editor.tsx";
import { RuleList } from "./rule-list.tsx";

/** What raises alerts. */
export default function Rules({ rest: [first] }: ViewProps) {
  if (first === undefined) return <RuleList />;
  if (first === "new") return <NewRule key={query.value.get("like") ?? ""} />;
  return <RuleEditor key={first} ruleId={first} />;
}
