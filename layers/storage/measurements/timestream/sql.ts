import type { Micros } from "../../../core/time.ts";

// Timestream takes no parameters: every literal of every query is written here and nowhere else. Its dialect is
// Trino's ("Query language reference", Amazon Timestream Developer Guide), in which a quote is escaped by another
// one and nothing else is special.

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const listOf = (texts: readonly string[]): string => `(${texts.map(quoted).join(", ")})`;

/** Names of ours only, so that none needs an escape. @throws {TypeError} any other */
export function identifier(name: string): string {
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name)) {
    throw new TypeError(`expected letters, digits and _ . - in a name, got ${JSON.stringify(name)}`);
  }
  return `"${name}"`;
}

/** A literal of type DOUBLE; without an exponent it would be a DECIMAL. */
export const double = (number: number): string => number.toExponential();

const NANOS_PER_MICRO = 1_000n;

export const nanos = (time: Micros): string => String(BigInt(time) * NANOS_PER_MICRO);

/** There is no time before 1970 in Timestream, and no point. */
export const timestamp = (time: Micros): string => `from_nanoseconds(${nanos(Math.max(0, time))})`;

export const microsIn = (nanoseconds: string): Micros => Number(BigInt(nanoseconds) / NANOS_PER_MICRO);
