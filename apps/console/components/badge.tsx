import type { ComponentChildren } from "preact";

export type Tone = "neutral" | "info" | "good" | "warning" | "bad" | "critical";

/** How the API's own words are shown: severities, states, levels of logs. */
const tones: Readonly<Record<string, Tone>> = {
  info: "info",
  debug: "neutral",
  trace: "neutral",
  warn: "warning",
  warning: "warning",
  error: "bad",
  fatal: "critical",
  critical: "critical",
  emergency: "critical",
  healthy: "good",
  degraded: "warning",
  unhealthy: "bad",
  active: "bad",
  acknowledged: "warning",
  resolved: "good",
  dead: "bad",
  replayed: "good",
  discarded: "neutral",
  delivered: "good",
  pending: "info",
  failed: "bad",
  sent: "good",
  "held back": "warning",
};

export const toneOf = (word: string): Tone => tones[word.toLowerCase()] ?? "neutral";

/** A word with its colour; the word says it too, for whoever does not see the colour. */
export function Badge({ tone, children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone ?? (typeof children === "string" ? toneOf(children) : "neutral")}`}>
      {children}
    </span>
  );
}
