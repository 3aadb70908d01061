// Times are integer microseconds since the Unix epoch: finer than Date's milliseconds, so that two points a
// fraction of a millisecond apart stay two points, and exact in a double until the year 2255.

export type Micros = number;

export const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const FRACTION_AT = 20;

/**
 * Reads an RFC 3339 time with an offset. Digits beyond the microsecond are dropped; a leap second is read as
 * the second before it.
 *
 * @returns `undefined` for anything else: no zone, February 30th, hour 24, year 0000.
 */
export function parseTime(text: string): Micros | undefined {
  if (!RFC3339.test(text)) return undefined;
  const seconds = utcSeconds(text);
  const zoneAt = zoneStart(text);
  const offset = offsetSeconds(text, zoneAt);
  if (seconds === undefined || offset === undefined) return undefined;
  return (seconds - offset) * MICROS_PER_SECOND + fractionMicros(text, zoneAt);
}

/** RFC 3339 in UTC with as many fraction digits as it needs: none, three or six. */
export function formatTime(time: Micros): string {
  const ms = Math.floor(time / MICROS_PER_MS);
  const iso = new Date(ms).toISOString();
  const micros = time - ms * MICROS_PER_MS;
  if (micros > 0) return `${iso.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
  return iso.endsWith(".000Z") ? `${iso.slice(0, -5)}Z` : iso;
}

export const microsOf = (ms: number): Micros => ms * MICROS_PER_MS;

/** The largest whole number of `width` that is not after `time`: where its bucket begins. */
export const alignDown = (time: Micros, width: Micros): Micros => Math.floor(time / width) * width;

function utcSeconds(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  let second = digits(text, 17, 2);
  if (second === 60 && minute === 59) second = 59;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day) / 1_000;
  return midnight + hour * 3_600 + minute * 60 + second;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneStart(text: string): number {
  const last = text.charCodeAt(text.length - 1) | 0x20;
  return last === 0x7a ? text.length - 1 : text.length - 6;
}

function offsetSeconds(text: string, at: number): number | undefined {
  if (at === text.length - 1) return 0;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (hours > 23 || minutes > 59) return undefined;
  return (text[at] === "-" ? -1 : 1) * (hours * 3_600 + minutes * 60);
}

function fractionMicros(text: string, zoneAt: number): number {
  let micros = 0;
  for (let i = 0; i < 6; i++) {
    const at = FRACTION_AT + i;
    micros = micros * 10 + (at < zoneAt ? text.charCodeAt(at) - 48 : 0);
  }
  return micros;
}

function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}
