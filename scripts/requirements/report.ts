import { idsWithin, type Requirement } from "./requirement-list.ts";
import type { Mention } from "./titles.ts";

export interface Coverage {
  /** By group: `BUS`, `E1`, `FR`. */
  groups: Map<string, { proved: number; standIn: number; open: number }>;
  open: Requirement[];
  /** Ids in names that stand in no table. */
  unknown: Mention[];
}

export interface CoverageInput {
  /** Those that are reported on. */
  requirements: readonly Requirement[];
  /** Every id there is. */
  known: ReadonlySet<string>;
  /** What names say. */
  mentioned: readonly Mention[];
  /** What is proved. */
  proved: ReadonlySet<string>;
}

export function coverageOf({ requirements, known, mentioned, proved }: CoverageInput): Coverage {
  const groups: Coverage["groups"] = new Map();
  const open: Requirement[] = [];
  for (const requirement of requirements) {
    const status = statusOf(requirement, proved);
    const group = groupOf(requirement.id);
    const counts = groups.get(group) ?? { proved: 0, standIn: 0, open: 0 };
    counts[status]++;
    groups.set(group, counts);
    if (status === "open") open.push(requirement);
  }
  return { groups, open, unknown: mentioned.filter(({ id }) => !known.has(id)) };
}

/** What cannot be proved itself counts once all that it rests on is proved. */
function statusOf({ id, standIn }: Requirement, proved: ReadonlySet<string>): "proved" | "standIn" | "open" {
  if (proved.has(id)) return "proved";
  return standIn && idsWithin(standIn).every((other) => proved.has(other)) ? "standIn" : "open";
}

const groupOf = (id: string): string => id.slice(0, id.indexOf("-"));

export function formatCoverage({ groups, open, unknown }: Coverage): string {
  const lines = [...groups].map(([group, { proved, standIn, open: left }]) => {
    const total = proved + standIn + left;
    const others = standIn > 0 ? `, ${standIn} by what stands in` : "";
    return `${group.padEnd(5)} ${String(proved).padStart(3)} of ${total} proved${others}`;
  });
  if (open.length > 0) lines.push("", `Proved by no test (${open.length}):`);
  lines.push(...open.map(({ id, text }) => `  ${id.padEnd(12)} ${shortened(text)}`));
  if (unknown.length > 0) lines.push("", "In names, and in no table of docs/requirements.md:");
  lines.push(...unknown.map(({ id, where }) => `  ${id.padEnd(12)} ${where}`));
  return `${lines.join("\n")}\n`;
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
