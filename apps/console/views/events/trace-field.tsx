import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { go } from "../../state/location.ts";
import { traceHref } from "../links.ts";

export function TraceField({ initial = "" }: { initial?: string }) {
  const [id, setId] = useState(initial);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) go(traceHref(id.trim()));
      }}
    >
      <TextField
        label="Correlation id to trace"
        hideLabel
        placeholder="Correlation id"
        type="search"
        value={id}
        onInput={setId}
      />
      <Button type="submit">Trace</Button>
    </form>
  );
}
