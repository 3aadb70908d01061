import { useState } from "preact/hooks";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Checkbox, Select, TextField } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { type Level, levels } from "../../components/level.tsx";
import { LinesField, linesOf, textOf } from "../../components/lines-field.tsx";
import { MomentField } from "../../components/moment-field.tsx";

export interface SilenceDialogProps {
  /** What is filled in already. */
  first: { devices?: readonly string[]; rules?: readonly string[] };
  onClose: () => void;
  onDone?: () => void;
}

const HOUR_MS = 3_600_000;
const lengths = [
  { value: "1h", label: "1 hour", ms: HOUR_MS },
  { value: "4h", label: "4 hours", ms: 4 * HOUR_MS },
  { value: "1d", label: "1 day", ms: 24 * HOUR_MS },
  { value: "until", label: "Until …", ms: HOUR_MS },
] as const;
type Length = (typeof lengths)[number]["value"];

const MOST_RULES = 1_000;

export function SilenceDialog({ first, onClose, onDone }: SilenceDialogProps) {
  const [reason, setReason] = useState("");
  const [devices, setDevices] = useState(textOf(first.devices ?? []));
  const [rules, setRules] = useState<readonly string[]>(first.rules ?? []);
  const [chosen, setChosen] = useState<readonly Level[]>([]);
  const [starts, setStarts] = useState("");
  const [length, setLength] = useState<Length>("1h");
  const [until, setUntil] = useState(() => new Date(Date.now() + HOUR_MS).toISOString());
  const known = useQuery("listRules", { query: { limit: MOST_RULES } });
  const creation = useMutation("createSilence", { done: "Silenced", quiet: true });
  const fault = (field: string) => faultOf(creation.error, field);

  async function submit(): Promise<void> {
    const ms = lengths.find(({ value }) => value === length)?.ms ?? HOUR_MS;
    const after = new Date((starts ? Date.parse(starts) : Date.now()) + ms).toISOString();
    const body = {
      reason: reason.trim(),
      rule_ids: [...rules],
      device_ids: linesOf(devices),
      levels: [...chosen],
      ...(starts && { starts_at: starts }),
      ends_at: length === "until" ? until : after,
    };
    if (!(await creation.run({ body }))) return;
    onDone?.();
    onClose();
  }

  return (
    <FormDialog
      title="New silence"
      action="Silence"
      pending={creation.pending}
      error={creation.error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p class="muted">
        Alerts that fit all of this are raised and listed, and nobody is told. What is left out fits
        everything.
      </p>
      <TextField label="Reason" value={reason} onInput={setReason} error={fault("reason")} />
      <LinesField
        label="Devices"
        hint="Ids, one on each line; none: all"
        value={devices}
        onInput={setDevices}
        error={fault("device_ids")}
      />
      <Select
        label="Rule"
        value={rules[0] ?? ""}
        options={[
          { value: "", label: "all" },
          ...(known.data?.rules ?? []).map(({ rule_id, name }) => ({ value: rule_id, label: name })),
          ...rules
            .filter((id) => !known.data?.rules.some(({ rule_id }) => rule_id === id))
            .map((id) => ({ value: id, label: id })),
        ]}
        onChange={(id) => setRules(id === "" ? [] : [id])}
        error={fault("rule_ids")}
      />
      <fieldset class="checks">
        <legend>Levels (none: all)</legend>
        {levels.map((level) => (
          <Checkbox
            key={level}
            label={level}
            checked={chosen.includes(level)}
            onChange={(yes) =>
              setChosen(levels.filter((each) => (each === level ? yes : chosen.includes(each))))
            }
          />
        ))}
      </fieldset>
      <div class="form-row">
        <MomentField
          label="From"
          hint="empty: now"
          value={starts}
          onInput={setStarts}
          error={fault("starts_at")}
        />
        <Select label="For" value={length} options={lengths} onChange={setLength} error={fault("ends_at")} />
        {length === "until" && (
          <MomentField label="Until" value={until} onInput={setUntil} error={fault("ends_at")} />
        )}
      </div>
    </FormDialog>
  );
}
