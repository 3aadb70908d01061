import type { Terminal } from "../terminal.ts";

const EXAMPLES = 3;

export interface Reason {
  reason: string;
  count: number;
  /** The first few, as `file:line`. */
  at: string[];
}

export interface Report {
  rows_read: number;
  accepted: number;
  refused: number;
  skipped: number;
  /** Read, but not sent, or sent and not answered yet. */
  unsent: number;
  reasons: Reason[];
  seconds: number;
  points_per_second: number;
}

/** Counts what becomes of the rows. */
export class Tally {
  readonly #startedAt = performance.now();
  readonly #reasons = new Map<string, Reason>();
  readonly #counts = { rows_read: 0, accepted: 0, refused: 0, skipped: 0 };

  read(): void {
    this.#counts.rows_read++;
  }

  skipped(): void {
    this.#counts.skipped++;
  }

  accepted(count: number): void {
    this.#counts.accepted += count;
  }

  refused(reason: string, file: string, line: number | undefined): void {
    const { at } = this.#count(reason, 1);
    if (at.length < EXAMPLES && line !== undefined) at.push(`${file}:${line}`);
  }

  refusedUnnamed(reason: string, count: number): void {
    this.#count(reason, count);
  }

  report(): Report {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const reasons = [...this.#reasons.values()].sort((a, b) => b.count - a.count);
    const { rows_read, accepted, refused, skipped } = this.#counts;
    return {
      ...this.#counts,
      unsent: rows_read - accepted - refused - skipped,
      reasons,
      seconds: Math.round(seconds * 1_000) / 1_000,
      points_per_second: Math.round(accepted / Math.max(seconds, 0.001)),
    };
  }

  #count(reason: string, count: number): Reason {
    const found = this.#reasons.get(reason) ?? { reason, count: 0, at: [] };
    this.#reasons.set(reason, found);
    found.count += count;
    this.#counts.refused += count;
    return found;
  }
}

const number = (value: number): string => value.toLocaleString("en-US");

/** The report for people. */
export function printReport(terminal: Terminal, report: Report, verb: "accepted" | "would be sent"): void {
  const row = (name: string, count: number, note = "") =>
    terminal.out(`${name.padEnd(14)}${number(count).padStart(12)}${note && `  ${note}`}`);
  row("rows read", report.rows_read);
  row(verb, report.accepted);
  if (report.skipped > 0) row("skipped", report.skipped, "no value");
  if (report.refused > 0) row(terminal.style("red", "refused".padEnd(14)), report.refused);
  for (const { reason, count, at } of report.reasons) {
    const more = count > at.length && at.length > 0 ? ", …" : "";
    terminal.out(`  ${number(count)} × ${reason}${at.length > 0 ? `  (${at.join(", ")}${more})` : ""}`);
  }
  if (report.unsent > 0) row(terminal.style("red", "not sent".padEnd(14)), report.unsent);
  terminal.out(`took ${report.seconds.toFixed(1)} s, ${number(report.points_per_second)} points/s`);
}
