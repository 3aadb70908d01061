import { useEffect, useState } from "preact/hooks";
import { TextField } from "./field.tsx";

export interface SearchFieldProps {
  label: string;
  value: string;
  /** Called when the typing rests. */
  onSearch: (text: string) => void;
  placeholder?: string;
}

const TYPING_MS = 300;

export function SearchField({ label, value, onSearch, placeholder }: SearchFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onSearch(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <TextField
      label={label}
      type="search"
      value={text}
      onInput={setText}
      {...(placeholder !== undefined && { placeholder })}
    />
  );
}
