import { inputTime, timeOfInput } from "../format/input-time.ts";
import { zone } from "../state/preferences.ts";
import { TextField } from "./field.tsx";

export interface MomentFieldProps {
  label: string;
  /** RFC 3339; `""` for none. */
  value: string;
  onInput: (time: string) => void;
  hint?: string;
  error?: string | undefined;
}

/** A moment, typed in the zone in which times are shown. */
export function MomentField({ label, value, onInput, ...rest }: MomentFieldProps) {
  const shown = zone.value;
  return (
    <TextField
      {...rest}
      label={`${label} (${shown === "utc" ? "UTC" : "local time"})`}
      type="datetime-local"
      step={1}
      value={inputTime(Date.parse(value), shown)}
      onInput={(text) => onInput(rfc3339(timeOfInput(text, shown)))}
    />
  );
}

const rfc3339 = (ms: number): string => (Number.isNaN(ms) ? "" : new Date(ms).toISOString());
