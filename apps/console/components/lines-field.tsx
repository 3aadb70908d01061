import { TextArea, type TextAreaProps } from "./field.tsx";

/** A list as text, one entry on each line: what stands in an entry needs no escaping. */
export function LinesField({ hint = "One on each line", rows = 2, ...rest }: TextAreaProps) {
  return <TextArea {...rest} hint={hint} rows={rows} />;
}

export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

export const textOf = (lines: readonly string[]): string => lines.join("\n");
