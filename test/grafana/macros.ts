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
  const formatted = withVariables(sql, given);
  const timed = formatted
    .replaceAll("$__interval_ms", String(given.intervalMs))
    .replaceAll("$__interval", `${given.intervalMs / 1_000}s`);
  return timed.replace(/\$__(\w+)(?:\(([^)]*)\))?/g, (whole, name: string, args = "") => {
    const macro = macros[name];
    if (!macro) throw new Error(`${whole}: no such macro`);
    return macro(given, String(args).split(",")[0] ?? "");
  });
}

function withVariables(sql: string, { variables }: Given): string {
  return sql.replace(/\$\{(\w+):(\w+)\}/g, (whole, name: string, format: string) => {
    const values = variables[name];
    if (!values || !["sqlstring", "raw"].includes(format))
      throw new Error(`${whole}: no such variable or format`);
    return format === "raw" ? values.join() : values.map(quoted).join();
  });
}

/** As the data source of Timestream has it ("Amazon Timestream query editor", Grafana's documentation). */
export function interpolatedForTimestream(
  sql: string,
  given: Given & { database: string; table: string },
): string {
  const { from, to, intervalMs, database, table } = given;
  const known: Readonly<Record<string, string>> = {
    timeFilter: `time BETWEEN from_milliseconds(${from}) AND from_milliseconds(${to})`,
    interval_ms: `${intervalMs}ms`,
    database: `"${database}"`,
    table: `"${table}"`,
  };
  return withVariables(sql.replaceAll(/\$\{table\}/g, table), given).replace(
    /\$__(\w+)/g,
    (whole, name: string) => {
      const macro = known[name];
      if (macro === undefined) throw new Error(`${whole}: no such macro`);
      return macro;
    },
  );
}
