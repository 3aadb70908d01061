import { useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { TextArea } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { toast } from "../../components/toast.tsx";
import type { Alert } from "./alert.ts";

export type Deed = "acknowledge" | "resolve";

const words = {
  acknowledge: {
    title: "Acknowledge",
    done: "acknowledged",
    operation: "acknowledgeAlert",
    hint: "That you have taken it on: shown with the alert, and told to whoever was told of it.",
  },
  resolve: {
    title: "Resolve",
    done: "resolved",
    operation: "resolveAlert",
    hint: "What was done. The rule raises another alert if it breaches again after its cooldown.",
  },
} as const;

const MAX_NOTE = 2_000;

export interface DeedDialogProps {
  deed: Deed;
  alerts: readonly Alert[];
  onClose: () => void;
  /** With the alerts as they are now. */
  onDone: (alerts: readonly Alert[]) => void;
}

/** One note for one alert or several. What somebody else did meanwhile is said, and is no failure. */
export function DeedDialog({ deed, alerts, onClose, onDone }: DeedDialogProps) {
  const [note, setNote] = useState("");
  const [state, setState] = useState<{ pending: boolean; error?: ApiError }>({ pending: false });
  const { title, done, hint } = words[deed];
  const [only] = alerts;

  async function submit(): Promise<void> {
    setState({ pending: true });
    const results = await Promise.all(alerts.map((alert) => outcomeOf(deed, alert, note)));
    const changed = results.flatMap(({ alert }) => alert ?? []);
    const failed = results.flatMap(({ error }) => error ?? []);
    const fatal = failed.find(({ status }) => status !== 409);
    if (fatal && changed.length === 0) return setState({ pending: false, error: fatal });
    if (changed.length > 0)
      toast(`${changed.length} ${changed.length === 1 ? "alert" : "alerts"} ${done}`, "good");
    for (const { message } of failed.slice(0, 3)) toast(message, "warning");
    onDone(changed);
  }

  return (
    <FormDialog
      title={`${title} ${alerts.length === 1 ? "an alert" : `${alerts.length} alerts`}`}
      action={title}
      pending={state.pending}
      error={state.error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {alerts.length === 1 && only && (
        <p>
          <strong>{only.rule_name}</strong>
          <br />
          <span class="muted">{only.message}</span>
        </p>
      )}
      <TextArea
        label="Note"
        hint={hint}
        value={note}
        onInput={setNote}
        maxLength={MAX_NOTE}
        error={faultOf(state.error, "note")}
      />
    </FormDialog>
  );
}

interface Outcome {
  alert?: Alert;
  error?: ApiError;
}

async function outcomeOf(deed: Deed, { alert_id }: Alert, note: string): Promise<Outcome> {
  const body = note.trim() === "" ? {} : { note: note.trim() };
  try {
    const { alert } = await call(words[deed].operation, { params: { alert_id }, body });
    return { alert };
  } catch (cause) {
    return { error: asApiError(cause) };
  }
}
