import { useState } from "preact/hooks";
import type { Answer, Input } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { Checkbox, TextField } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { LinesField, linesOf } from "../../components/lines-field.tsx";

type Scope = Input<"createKey">["body"]["scopes"][number];

const scopes: readonly { scope: Scope; says: string }[] = [
  { scope: "ingest", says: "ingest: send measurements, events and logs" },
  { scope: "read", says: "read: query and look at all of it" },
  { scope: "operate", says: "operate: rules, alerts, silences, dead letters" },
  { scope: "admin", says: "admin: keys, channels, definitions" },
  { scope: "internal", says: "internal: send events of the platform's own types" },
];

export interface KeyDialogProps {
  onClose: () => void;
  onDone: (key: Answer<"createKey">) => void;
}

export function KeyDialog({ onClose, onDone }: KeyDialogProps) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["ingest"]);
  const [devices, setDevices] = useState("");
  const [types, setTypes] = useState("");
  const creation = useMutation("createKey", { quiet: true });
  const scopesFault = faultOf(creation.error, "scopes");

  async function submit(): Promise<void> {
    const [onlyDevices, onlyTypes] = [linesOf(devices), linesOf(types)];
    const body = {
      name: name.trim(),
      scopes: [...chosen],
      ...(onlyDevices.length > 0 && { devices: onlyDevices }),
      ...(onlyTypes.length > 0 && { types: onlyTypes }),
    };
    const key = await creation.run({ body });
    if (key) onDone(key);
  }

  return (
    <FormDialog
      title="New API key"
      action="Create key"
      pending={creation.pending}
      error={creation.error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField
        label="Name"
        hint="Who or what will use it"
        value={name}
        onInput={setName}
        error={faultOf(creation.error, "name")}
      />
      <fieldset class="checks column">
        <legend>It may</legend>
        {scopes.map(({ scope, says }) => (
          <Checkbox
            key={scope}
            label={says}
            checked={chosen.includes(scope)}
            onChange={(yes) => setChosen(yes ? [...chosen, scope] : chosen.filter((each) => each !== scope))}
          />
        ))}
        {scopesFault && <p class="field-error">{scopesFault}</p>}
      </fieldset>
      <LinesField
        label="Only of these devices"
        hint="Patterns such as plant1-*, one on each line; none: all"
        value={devices}
        onInput={setDevices}
        error={faultOf(creation.error, "devices")}
      />
      <LinesField
        label="Only events of these types"
        hint="Patterns such as model.*, one on each line; none: all"
        value={types}
        onInput={setTypes}
        error={faultOf(creation.error, "types")}
      />
    </FormDialog>
  );
}
