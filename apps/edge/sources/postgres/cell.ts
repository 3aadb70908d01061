import { isStorable, type Json } from "../../../../layers/core/json.ts";

/** What becomes of a column's values. */
export type Kind = "number" | "boolean" | "json" | "bytes" | "text";

const KINDS: Readonly<Record<string, Kind>> = {
  int2: "number",
  int4: "number",
  int8: "number",
  float4: "number",
  float8: "number",
  numeric: "number",
  oid: "number",
  bool: "boolean",
  json: "json",
  jsonb: "json",
  bytea: "bytes",
};

/** pg_type.typcategory and typtype of what has a structure of its own: arrays, composites, ranges. */
const STRUCTURED = /[ACR]/;

export interface ColumnType {
  /** pg_type.typname, of a domain that of its base. */
  type: string;
  category: string;
}

/** What is asked for as JSON, since its text is PostgreSQL's own. */
export const isStructured = ({ category }: ColumnType): boolean => STRUCTURED.test(category);

export const kindOf = (column: ColumnType): Kind =>
  isStructured(column) ? "json" : (KINDS[column.type] ?? "text");

export type Cell = { value: Json; fault?: undefined } | { value?: undefined; fault: string };

/**
 * @param text as PostgreSQL writes a value that is not NULL
 * @returns numbers of every width as the nearest double, which is what measurements are; bytes in base64
 */
export function readCell(text: string, kind: Kind): Cell {
  switch (kind) {
    case "number":
      return readNumber(text);
    case "boolean":
      return { value: text === "t" };
    case "json":
      return readJson(text);
    case "bytes":
      return { value: Buffer.from(text.slice(2), "hex").toString("base64") }; // \x0123…
    case "text":
      return isStorable(text) ? { value: text } : { fault: "holds what no store takes" };
  }
}

function readNumber(text: string): Cell {
  const value = Number(text);
  if (Number.isFinite(value)) return { value };
  return { fault: /^(NaN|-?Infinity)$/.test(text) ? `is ${text}` : "is too large for a double" };
}

function readJson(text: string): Cell {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { fault: "is no JSON" };
  }
}
