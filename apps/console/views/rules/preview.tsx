import { useState } from "preact/hooks";
import { type Answer, call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Select } from "../../components/field.tsx";
import { Failure } from "../../components/states.tsx";
import { type Span, spans, startOf } from "../../state/spans.ts";
import { bodyOf, type Draft } from "./draft.ts";
import { PreviewResult } from "./preview-result.tsx";
import type { Rule } from "./rule.ts";

export interface Compared {
  from: number;
  to: number;
  would: Answer<"previewRule">;
  /** What the rule in force raised over the same range; none of a new rule. */
  did: Answer<"listAlerts"> | undefined;
}

const MOST_ALERTS = 1_000;
const offered = (["24h", "7d", "30d"] as const).map((value) => ({ value, label: spans[value].label }));

/** When the rule in the form would have raised alerts, on demand, beside what the rule in force did. */
export function Preview({ draft, ruleId }: { draft: Draft; ruleId?: string }) {
  const [range, setRange] = useState<Span>("7d");
  const [state, setState] = useState<{ pending: boolean; of?: string; result?: Compared; error?: ApiError }>({
    pending: false,
  });
  const asked = JSON.stringify([draft, range]);

  async function run(): Promise<void> {
    setState((before) => ({ ...before, pending: true }));
    try {
      setState({ pending: false, of: asked, result: await compare(draft, range, ruleId) });
    } catch (cause) {
      setState({ pending: false, error: asApiError(cause) });
    }
  }

  return (
    <Card
      title="Preview"
      actions={
        <>
          <Select label="Preview over" hideLabel value={range} options={offered} onChange={setRange} />
          <Button small busy={state.pending} onClick={() => void run()}>
            {state.result ? "Preview again" : "Preview"}
          </Button>
        </>
      }
    >
      {state.result && state.of !== asked && (
        <p class="notice warning">The form has changed since: preview again.</p>
      )}
      {state.error && <Refusal error={state.error} />}
      {state.result && <PreviewResult result={state.result} />}
      {!state.result && !state.error && (
        <p class="muted">
          Evaluates this form over what is stored, as if each point had just arrived. Nothing is saved, and
          nobody is told.
        </p>
      )}
    </Card>
  );
}

/** Names of fields stand in front: they may be far away in the form. */
function Refusal({ error }: { error: ApiError }) {
  const faults = Object.entries(error.fields).filter(([path]) => path !== "");
  if (faults.length === 0) return <Failure error={error} />;
  return (
    <div class="notice bad" role="alert">
      <ul class="faults">
        {faults.map(([path, message]) => (
          <li key={path}>
            {path.replace(/^rule\./, "").replaceAll("_", " ")}: {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

async function compare(draft: Draft, range: Span, ruleId: Rule["rule_id"] | undefined): Promise<Compared> {
  const start_time = startOf(range);
  const end_time = new Date().toISOString();
  const [would, did] = await Promise.all([
    call("previewRule", { body: { rule: bodyOf(draft), start_time, end_time } }),
    ruleId === undefined
      ? undefined
      : call("listAlerts", { query: { rule_id: ruleId, start_time, end_time, limit: MOST_ALERTS } }),
  ]);
  return { from: Date.parse(start_time), to: Date.parse(end_time), would, did };
}
