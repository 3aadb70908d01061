/** As PostgreSQL quotes an identifier, so that it is taken to the letter. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const PART = String.raw`([^".\u0000]+|"(?:[^"\u0000]|"")+")`;
const TABLE = new RegExp(`^${PART}\\.${PART}$`);

/** @returns the name as SQL has it, or `undefined` if it is not `schema.table`; case is kept */
export function parseTableName(text: string): string | undefined {
  const [, schema, table] = TABLE.exec(text) ?? [];
  if (!schema || !table) return undefined;
  return [schema, table].map((part) => (part.startsWith('"') ? part : quoted(part))).join(".");
}
