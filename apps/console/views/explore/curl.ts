import type { Operations } from "../../api/operations.ts";

/** A shell takes it as it is, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The query for a terminal. The key is not in it: it is taken from the environment. */
export const curlOf = (origin: string, body: Operations["queryPoints"]["body"]): string =>
  [
    `curl -X POST ${quoted(`${origin}/api/v1/telemetry/query`)}`,
    `-H "authorization: Bearer $TELEMETRY_API_KEY"`,
    "-H 'content-type: application/json'",
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(" \\\n  ");
