/** What Grafana puts into a panel's SQL. */
export interface Given {
  /** Milliseconds. */
  from: number;
  to: number;
  intervalMs: number;
  variables: Readonly<Record<string, readonly string[]>>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** As the PostgreSQL data source has them ("PostgreSQL query editor: Macros", Grafana's documentation). */
const macros: Readonly<Record<string, (given: Given, column: string) => string>> = {
  timeFrom: ({ from }) => quoted(new Date(from).toISOString()),
  timeTo: ({ to }) => quoted(new Date(to).toISOString()),
  unixEpochFrom: ({ from }) => String(seconds(from)),
  unixEpochTo: ({ to }) => String(seconds(to)),
  timeGroupAlias: ({ intervalMs }, column) => {
    const interval = intervalMs / 1_000;
    return `floor(extract(epoch from ${column})/${interval})*${interval} AS "time"`;
  },
};

/**
 * The SQL that reaches the database: first the variables, then the macros, whose arguments hold no parentheses.
 * @throws naming what Grafana would know nothing of
 */
export function interpolated(sql: string, given: Given): string {
  const formatted = sql.replace(/\$\{(\w+):(\w+)\}/g, (whole, name: string, format: string) => {
    const values = given.variables[name];
    if (!values || !["sqlstring", "raw"].includes(format))
      throw new Error(`${whole}: no such variable or format`);
    return format === "raw" ? values.join() : values.map(quoted).join();
  });
  const timed = formatted
    .replaceAll("$__interval_ms", String(given.intervalMs))
    .replaceAll("$__interval", `${given.intervalMs / 1_000}s`);
  return timed.replace(/\$__(\w+)(?:\(([^)]*)\))?/g, (whole, name: string, args = "") => {
    const macro = macros[name];
    if (!macro) throw new Error(`${whole}: no such macro`);
    return macro(given, String(args).split(",")[0] ?? "");
  });
}
