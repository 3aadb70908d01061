import { useState } from "preact/hooks";
import type { Answer, Input } from "../../api/call.ts";
import type { ApiError } from "../../api/error.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { Checkbox, Select, TextField } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { LevelSelect, wordOptions } from "../../components/level.tsx";
import { LinesField } from "../../components/lines-field.tsx";
import { channelKinds } from "../channel-kinds.ts";
import { bodyOf, type Channel, type Draft, draftOf } from "./channel-draft.ts";

export interface ChannelDialogProps {
  /** None: a new one. */
  channel?: Channel;
  onClose: () => void;
  onDone: (saved: Answer<"createChannel">) => void;
}

export function ChannelDialog({ channel, onClose, onDone }: ChannelDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(channel));
  const creation = useMutation("createChannel", { quiet: true, done: ({ name }) => `${name} was created` });
  const change = useMutation("replaceChannel", { quiet: true, done: ({ name }) => `${name} is saved` });
  const { error, pending } = channel ? change : creation;

  async function submit(): Promise<void> {
    const body = bodyOf(draft);
    const saved = channel
      ? await change.run({ params: { name: channel.name }, body })
      : // What is missing yet, the API says at its field.
        await creation.run({ body: { name: draft.name.trim(), ...body } as Input<"createChannel">["body"] });
    if (saved) onDone(saved);
  }

  return (
    <FormDialog
      title={channel ? `Edit ${channel.name}` : "New channel"}
      action={channel ? "Save" : "Create channel"}
      pending={pending}
      error={error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Fields
        {...{ draft, error }}
        isNew={channel === undefined}
        onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
      />
    </FormDialog>
  );
}

interface FieldsProps {
  draft: Draft;
  error: ApiError | undefined;
  isNew: boolean;
  onChange: (changes: Partial<Draft>) => void;
}

function Fields({ draft, error, isNew, onChange }: FieldsProps) {
  return (
    <>
      <div class="form-row">
        {isNew && (
          <TextField
            label="Name"
            value={draft.name}
            onInput={(name) => onChange({ name })}
            error={faultOf(error, "name")}
          />
        )}
        <Select
          label="Kind"
          value={draft.kind}
          options={wordOptions(channelKinds)}
          onChange={(kind) => onChange({ kind })}
          error={faultOf(error, "kind")}
        />
      </div>
      <Target {...{ draft, error, isNew, onChange }} />
      <LinesField
        label="Events"
        hint="Patterns such as alert.# or api.error, one on each line; # is all"
        value={draft.events}
        onInput={(events) => onChange({ events })}
        error={faultOf(error, "events")}
      />
      <div class="form-row">
        <LevelSelect
          label="From this severity up"
          value={draft.minimum_severity}
          onChange={(minimum_severity) => onChange({ minimum_severity })}
          error={faultOf(error, "minimum_severity")}
        />
        <TextField
          label="At most per minute"
          hint="empty: 10, of a webhook 60"
          type="number"
          min={1}
          value={draft.max_per_minute}
          onInput={(max_per_minute) => onChange({ max_per_minute })}
          error={faultOf(error, "max_per_minute")}
        />
      </div>
      <Checkbox label="On" checked={draft.enabled} onChange={(enabled) => onChange({ enabled })} />
    </>
  );
}

const KEPT = "Never shown again; empty: stays as it is";

/** Where it leads, by its kind. */
function Target({ draft, error, isNew, onChange }: FieldsProps) {
  const typed = (name: "url" | "routing_key" | "secret" | "to", hint: string) => ({
    hint: isNew || name === "to" ? hint : KEPT,
    value: draft[name],
    onInput: (value: string) => onChange({ [name]: value }),
    error: faultOf(error, name),
  });
  switch (draft.kind) {
    case "slack":
      return <TextField label="Webhook URL" {...typed("url", "https://hooks.slack.com/services/…")} />;
    case "pagerduty":
      return (
        <div class="form-row">
          <TextField label="Integration key" {...typed("routing_key", "32 characters, of Events API v2")} />
          <Select
            label="Region"
            value={draft.region}
            options={wordOptions(["us", "eu"] as const)}
            onChange={(region) => onChange({ region })}
          />
        </div>
      );
    case "email":
      return <LinesField label="To" {...typed("to", "Addresses, one on each line")} />;
    case "webhook":
      return (
        <>
          <TextField label="URL" {...typed("url", "https, of a public host")} />
          <TextField
            label="Secret"
            {...typed("secret", "What is sent is signed with it; empty: made up, and shown once")}
          />
        </>
      );
  }
}
