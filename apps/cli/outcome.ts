import type { Terminal } from "./terminal.ts";

/** What was found of one part, and what is to be done about it. */
export interface Outcome {
  check: string;
  state: "works" | "failed" | "skipped";
  detail: string;
  todo?: string;
}

const marks = { works: ["green", "✓"], failed: ["red", "✗"], skipped: ["dim", "–"] } as const;

export function printOutcome({ check, state, detail, todo }: Outcome, terminal: Terminal): void {
  const [style, mark] = marks[state];
  terminal.out(`${terminal.style(style, mark)} ${check}: ${detail.replaceAll("\n", "\n    ")}`);
  if (todo) terminal.out(`    ${terminal.style("yellow", "→")} ${todo}`);
}
