import { useId } from "preact/hooks";
import type { ApiError } from "../../api/error.ts";
import { Checkbox, Select, TextArea, TextField } from "../../components/field.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { LevelSelect, wordOptions } from "../../components/level.tsx";
import { LinesField } from "../../components/lines-field.tsx";
import { ChannelChoice } from "./channel-choice.tsx";
import type { Draft } from "./draft.ts";
import { conditions } from "./rule.ts";
import { Suggestions } from "./suggestions.tsx";

export interface RuleFormProps {
  draft: Draft;
  /** Of one that exists, a switch beside the form says whether it is in force. */
  isNew: boolean;
  error: ApiError | undefined;
  onChange: (changes: Partial<Draft>) => void;
}

/** Names of the draft that are typed. */
type Typed = { [Name in keyof Draft]: Draft[Name] extends string ? Name : never }[keyof Draft];

export function RuleForm({ draft, isNew, error, onChange }: RuleFormProps) {
  const metrics = useId();
  const typed = (name: Typed) => ({
    value: draft[name],
    onInput: (value: string) => onChange({ [name]: value }),
    error: faultOf(error, name),
  });
  return (
    <>
      <Suggestions id={metrics} devices={draft.device_ids} />
      <TextField label="Name" {...typed("name")} required />
      <TextArea
        label="Description"
        hint="What to do about it, for whoever is told"
        rows={2}
        {...typed("description")}
      />
      <fieldset class="form-part">
        <legend>Bad if</legend>
        <div class="form-row breach">
          <TextField label="Metric" list={metrics} {...typed("metric_name")} required />
          <Select
            label="Condition"
            value={draft.condition}
            options={wordOptions(conditions)}
            onChange={(condition) => onChange({ condition })}
            error={faultOf(error, "condition")}
          />
          <TextField label="Threshold" type="number" step="any" {...typed("threshold_value")} required />
        </div>
        <div class="form-row">
          <TextField
            label="Breaches"
            hint="that raise an alert"
            type="number"
            min={1}
            {...typed("trigger_count")}
          />
          <TextField
            label="Window"
            hint="seconds within which they count"
            type="number"
            min={1}
            {...typed("evaluation_window")}
          />
          <TextField
            label="Silent for"
            hint="seconds; alert if a device reports nothing (empty: never)"
            type="number"
            min={10}
            {...typed("no_data_seconds")}
          />
        </div>
      </fieldset>
      <fieldset class="form-part">
        <legend>Of which devices</legend>
        <div class="form-row">
          <LinesField label="Devices" hint="Ids, one on each line" {...typed("device_ids")} />
          <LinesField label="Groups" hint="One on each line" {...typed("device_groups")} />
        </div>
        <p class="hint">The devices of both together; if both are empty, all devices.</p>
      </fieldset>
      <fieldset class="form-part">
        <legend>What then</legend>
        <div class="form-row">
          <LevelSelect
            value={draft.level}
            onChange={(level) => onChange({ level })}
            error={faultOf(error, "level")}
          />
          <TextField
            label="Cooldown"
            hint="minutes until the next alert of a device"
            type="number"
            min={0}
            {...typed("cooldown_minutes")}
          />
        </div>
        <ChannelChoice
          chosen={draft.notification_channels}
          onChange={(names) => onChange({ notification_channels: names })}
          error={faultOf(error, "notification_channels")}
        />
      </fieldset>
      <fieldset class="form-part">
        <legend>When it is over</legend>
        <Checkbox
          label="It resolves by itself"
          checked={draft.auto_resolve}
          onChange={(auto_resolve) => onChange({ auto_resolve })}
        />
        <div class="form-row">
          <TextField
            label="After"
            hint="seconds without a breach"
            type="number"
            min={1}
            disabled={!draft.auto_resolve}
            {...typed("auto_resolve_timeout")}
          />
          <TextField
            label="Recovery threshold"
            hint="held until values are past this, too (empty: none)"
            type="number"
            step="any"
            {...typed("recovery_threshold")}
          />
        </div>
      </fieldset>
      <fieldset class="form-part">
        <legend>For you to find it by</legend>
        <div class="form-row">
          <LinesField label="Tags" {...typed("tags")} />
          <TextArea label="Metadata" hint="A JSON object" rows={2} {...typed("metadata")} />
        </div>
        {isNew && (
          <Checkbox
            label="In force as soon as it is saved"
            checked={draft.enabled}
            onChange={(enabled) => onChange({ enabled })}
          />
        )}
      </fieldset>
    </>
  );
}
