/** From the least to the most severe, as alert rules have them. */
export const severities = ["info", "warning", "error", "critical", "emergency"] as const;
export type Severity = (typeof severities)[number];

/**
 * What an event does to the people it concerns: `single` tells each by itself, `grouped` tells the first of its kind
 * at once and sums up the rest, `acknowledges` and `resolves` follow up on an alert that was told, `nobody` is told.
 */
export type Handling = "single" | "grouped" | "acknowledges" | "resolves" | "nobody";

export interface PagingRow {
  /** A type, or the beginning of types: `edge.`. The first row that fits decides; the empty beginning fits all. */
  type: string;
  /** Of an event that says none itself. */
  severity: Severity;
  /** Less severe ones page nobody. */
  from?: Severity;
  handling: Handling;
}

/** THE table of who is paged for what arrives on `errors.events`. */
export const paging: readonly PagingRow[] = [
  { type: "alert.triggered", severity: "warning", handling: "single" },
  { type: "alert.acknowledged", severity: "warning", handling: "acknowledges" },
  { type: "alert.resolved", severity: "warning", handling: "resolves" },
  // The platform's own: the audit's sealed head contradicts its chain.
  { type: "alert.audit.", severity: "critical", handling: "grouped" },
  // Rules that were created, changed or turned off, and whatever else an alert goes through.
  { type: "alert.", severity: "info", handling: "nobody" },
  { type: "api.error", severity: "error", from: "warning", handling: "grouped" },
  { type: "edge.data.dropped", severity: "error", from: "warning", handling: "grouped" },
  { type: "edge.disk.low", severity: "warning", from: "warning", handling: "grouped" },
  { type: "edge.", severity: "info", from: "warning", handling: "grouped" },
  { type: "", severity: "error", from: "warning", handling: "grouped" },
];

export interface Page {
  handling: Handling;
  severity: Severity;
}

/** What an event of this type and data comes to. Its severity is its own `severity`, or `level` as alerts call it. */
export function pageFor(type: string, data: unknown): Page {
  const row = paging.find((candidate) => fits(candidate.type, type));
  if (!row) throw new Error("the table of paging must end with a row that fits every type");
  const severity = severityIn(data) ?? row.severity;
  const told = !isSilenced(data) && (row.from === undefined || !isLess(severity, row.from));
  return { severity, handling: told ? row.handling : "nobody" };
}

export const isLess = (one: Severity, other: Severity): boolean =>
  severities.indexOf(one) < severities.indexOf(other);

export const moreSevere = (one: Severity, other: Severity): Severity => (isLess(one, other) ? other : one);

/** Prefixes end with a dot, so that `api.error` is not the beginning of `api.errors`. */
const fits = (pattern: string, type: string): boolean =>
  pattern === "" || pattern.endsWith(".") ? type.startsWith(pattern) : type === pattern;

/** Alerts that were raised while somebody had silenced them say so, to the end. */
const isSilenced = (data: unknown): boolean =>
  typeof data === "object" && data !== null && (data as { silenced?: unknown }).silenced === true;

/** What loggers write for the same. */
const spellings: Readonly<Record<string, Severity>> = { warn: "warning", err: "error", fatal: "critical" };

function severityIn(data: unknown): Severity | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { severity, level } = data as { severity?: unknown; level?: unknown };
  for (const written of [severity, level]) {
    if (typeof written !== "string") continue;
    const word = written.toLowerCase();
    const known = severities.find((each) => each === word) ?? spellings[word];
    if (known) return known;
  }
  return undefined;
}
