// PostgreSQL's array literals, for `unnest($1::float8[], …)`: batches travel as one text per column.
// node-postgres' own serialisation of arrays visits and escapes every element and is several times slower.

/** Integers and floats alike. NaN and the infinities are float8's only. */
export function numberArray(numbers: readonly (number | null | undefined)[]): string {
  // join() writes null and undefined as nothing, which is no literal.
  const complete = numbers.includes(null) || numbers.includes(undefined);
  return complete ? `{${numbers.map((number) => number ?? "NULL").join()}}` : `{${numbers.join()}}`;
}

export function booleanArray(values: readonly (boolean | null | undefined)[]): string {
  return `{${values.map((value) => value ?? "NULL").join()}}`;
}

/** Always in quotes, so that the text `NULL`, an empty text, commas and braces are just text. */
export function textArray(texts: readonly (string | null | undefined)[]): string {
  let literal = "{";
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (i > 0) literal += ",";
    literal += text === null || text === undefined ? "NULL" : `"${escaped(text)}"`;
  }
  return `${literal}}`;
}

const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;

const escaped = (text: string): string => (SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, "\\$&") : text);
