// Timestream's SQL is Trino's with functions of its own. Here the few that the product uses become PostgreSQL's, by
// functions of the same name where there can be such, else by writing the call anew.

export const FUNCTIONS = `
  CREATE SCHEMA trino;
  CREATE FUNCTION trino.from_nanoseconds(nanos int8) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
    SELECT timestamp 'epoch' + (nanos / 1000000000) * interval '1 second'
      + (nanos % 1000000000 / 1000) * interval '1 microsecond' $$;
  CREATE FUNCTION trino.from_milliseconds(millis int8) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
    SELECT trino.from_nanoseconds(millis * 1000000) $$;
  CREATE FUNCTION trino.to_nanoseconds(at timestamp) RETURNS int8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM at) * 1000000)::int8 * 1000 $$;
  CREATE FUNCTION trino.bin(at timestamp, width interval) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
    SELECT date_bin(width, at, timestamp 'epoch') $$;`;

const calls: Readonly<Record<string, (args: string[]) => string>> = {
  max_by: ([value, order]) => `(array_agg(${value} ORDER BY ${order} DESC))[1]`,
  min_by: ([value, order]) => `(array_agg(${value} ORDER BY ${order}))[1]`,
  approx_percentile: ([value, part]) => `percentile_cont(${part}) WITHIN GROUP (ORDER BY ${value})`,
};

/** Literals and quoted names, calls that are written anew, types, and durations such as 60000ms. */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|\b(max_by|min_by|approx_percentile)\(|\bAS DOUBLE\b|\b(\d+)(ms|s|m|h|d)\b/gi;
const UNITS: Readonly<Record<string, string>> = {
  ms: "milliseconds",
  s: "seconds",
  m: "minutes",
  h: "hours",
  d: "days",
};

export function toPostgres(sql: string): string {
  let out = "";
  let at = 0;
  for (const match of sql.matchAll(TOKEN)) {
    if (match.index < at) continue;
    const [token, name, count, unit] = match;
    out += sql.slice(at, match.index);
    at = match.index + token.length;
    if (name) {
      const { args, end } = argumentsFrom(sql, at);
      out += calls[name.toLowerCase()]?.(args.map(toPostgres));
      at = end;
    } else if (unit) out += `interval '${count} ${UNITS[unit]}'`;
    else if (/^as double$/i.test(token)) out += "AS double precision";
    else out += token;
  }
  return out + sql.slice(at);
}

/** What stands between the parentheses, of which the first is behind us, split at its commas. */
function argumentsFrom(sql: string, from: number): { args: string[]; end: number } {
  const args: string[] = [];
  let start = from;
  let depth = 0;
  for (const match of sql.slice(from).matchAll(/'(?:[^']|'')*'|[(),]/g)) {
    const at = from + match.index;
    if (match[0] === "(") depth++;
    if ((match[0] === "," || match[0] === ")") && depth === 0) {
      args.push(sql.slice(start, at).trim());
      start = at + 1;
      if (match[0] === ")") return { args, end: start };
    }
    if (match[0] === ")") depth--;
  }
  throw new Error(`expected a closing parenthesis in ${sql.slice(from)}`);
}
