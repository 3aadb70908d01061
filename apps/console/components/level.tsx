import { type Option, Select } from "./field.tsx";

/** How bad an alert is, mildest first: the API's own words. */
export const levels = ["info", "warning", "error", "critical", "emergency"] as const;
export type Level = (typeof levels)[number];

export const isLevel = (word: string): word is Level => levels.some((level) => level === word);

export const wordOptions = <Word extends string>(words: readonly Word[]): Option<Word>[] =>
  words.map((word) => ({ value: word, label: word }));

export function LevelSelect({
  label = "Level",
  value,
  onChange,
  error,
}: {
  label?: string;
  value: Level;
  onChange: (level: Level) => void;
  error?: string | undefined;
}) {
  return <Select {...{ label, value, onChange, error }} options={wordOptions(levels)} />;
}
