import { effect, type Signal, signal } from "@preact/signals";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const zones = ["local", "utc"] as const;
export type Zone = (typeof zones)[number];

export const theme = kept("theme", themes);
export const zone = kept("zone", zones);

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(prefersDark.matches);
prefersDark.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

/** What is seen: charts draw their own colours and want to know. */
export const isDark = (): boolean =>
  theme.value === "dark" || (theme.value === "system" && systemIsDark.value);

effect(() => {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
});

/** One of a few words, kept by this browser. */
function kept<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Signal<Word> {
  const stored = localStorage.getItem(name);
  const word = signal(words.find((each) => each === stored) ?? words[0]);
  effect(() => localStorage.setItem(name, word.value));
  return word;
}
