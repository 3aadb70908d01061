import { useState } from "preact/hooks";
import type { Input } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { Select, TextArea, TextField } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { faultOf } from "../../components/form-error.tsx";
import { wordOptions } from "../../components/level.tsx";
import { LinesField, linesOf } from "../../components/lines-field.tsx";

type Body = Input<"defineMetric">["body"];

const dataTypes = ["numeric", "string", "boolean", "json", "geolocation", "binary"] as const;
const metricTypes = ["gauge", "counter", "histogram", "summary"] as const;

const empty = {
  name: "",
  description: "",
  data_type: "numeric" as Body["data_type"],
  metric_type: "gauge" as NonNullable<Body["metric_type"]>,
  unit: "",
  min_value: "",
  max_value: "",
  retention_days: "",
  tags: "",
};

export function DefinitionDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [draft, setDraft] = useState(empty);
  const creation = useMutation("defineMetric", { quiet: true, done: ({ name }) => `${name} is defined` });
  const typed = (name: keyof typeof empty) => ({
    value: draft[name],
    onInput: (value: string) => setDraft((before) => ({ ...before, [name]: value })),
    error: faultOf(creation.error, name),
  });

  async function submit(): Promise<void> {
    if (await creation.run({ body: bodyOf(draft) })) onDone();
  }

  return (
    <FormDialog
      title="New metric definition"
      action="Define"
      pending={creation.pending}
      error={creation.error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField label="Name" {...typed("name")} />
      <TextArea label="Description" rows={2} {...typed("description")} />
      <div class="form-row">
        <Select
          label="Data type"
          value={draft.data_type}
          options={wordOptions(dataTypes)}
          onChange={(data_type) => setDraft((before) => ({ ...before, data_type }))}
        />
        <Select
          label="Metric type"
          value={draft.metric_type}
          options={wordOptions(metricTypes)}
          onChange={(metric_type) => setDraft((before) => ({ ...before, metric_type }))}
        />
        <TextField label="Unit" {...typed("unit")} />
      </div>
      <div class="form-row">
        <TextField label="Least value" type="number" step="any" {...typed("min_value")} />
        <TextField label="Greatest value" type="number" step="any" {...typed("max_value")} />
        <TextField
          label="Kept for"
          hint="days; empty: the default"
          type="number"
          min={1}
          {...typed("retention_days")}
        />
      </div>
      <LinesField label="Tags" {...typed("tags")} />
    </FormDialog>
  );
}

function bodyOf(draft: typeof empty): Body {
  const least = numberIn(draft.min_value);
  const most = numberIn(draft.max_value);
  const days = numberIn(draft.retention_days);
  return {
    name: draft.name.trim(),
    data_type: draft.data_type,
    metric_type: draft.metric_type,
    tags: linesOf(draft.tags),
    ...(draft.description.trim() && { description: draft.description.trim() }),
    ...(draft.unit.trim() && { unit: draft.unit.trim() }),
    ...(least !== undefined && { min_value: least }),
    ...(most !== undefined && { max_value: most }),
    ...(days !== undefined && { retention_days: days }),
  };
}

const numberIn = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text));
