import { useEffect, useRef, useState } from "preact/hooks";
import { query, setQuery } from "../state/location.ts";
import { TextField } from "./field.tsx";

export interface TextFilterProps {
  /** Its name in the URL. */
  name: string;
  label: string;
  placeholder?: string;
  /** The id of a `<datalist>` with suggestions. */
  list?: string;
  /** @default "search" */
  type?: "search" | "text";
  error?: string | undefined;
}

/** So long after the last key the filter is asked for. */
const QUIET_MS = 350;

/** Text of the URL that narrows a list: taken over when one stops typing, or by Enter. Goes back to the first page. */
export function TextFilter({ name, label, type = "search", ...rest }: TextFilterProps) {
  const inUrl = query.value.get(name) ?? "";
  const [text, setText] = useState(inUrl);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(inUrl);

  useEffect(() => {
    // Not what was typed here: a link, or the browser's back.
    if (inUrl !== written.current) setText(inUrl);
    written.current = inUrl;
  }, [inUrl]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function write(value: string): void {
    clearTimeout(timer.current);
    const trimmed = value.trim();
    if (trimmed === written.current) return;
    written.current = trimmed;
    setQuery({ [name]: trimmed, offset: undefined, after: undefined }, { replace: true });
  }

  return (
    <TextField
      {...rest}
      label={label}
      type={type}
      value={text}
      onInput={(value) => {
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => write(value), QUIET_MS);
      }}
      onKeyDown={({ key }) => {
        if (key === "Enter") write(text);
      }}
      onBlur={() => write(text)}
    />
  );
}
