import type { AuditEntry } from "../../../layers/core/audit.ts";
import { printable } from "../terminal.ts";

/** What is known at a glance: where, when, what, whose. */
export const entryLine = ({ position, time, type, source, id, correlation_id, userid }: AuditEntry): string =>
  printable(
    [
      String(position).padStart(8),
      time.padEnd(27),
      type.padEnd(20),
      `${source}#${id}`,
      `correlation id ${correlation_id}`,
      ...(userid ? [`by ${userid}`] : []),
    ].join("  "),
  );
