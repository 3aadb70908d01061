import type { Zone } from "./times.ts";

// What `<input type="datetime-local">` holds: a time without a zone, so one has to say whose it is.

const digits = (value: number, length = 2): string => String(value).padStart(length, "0");

/** `2026-01-31T14:05:09`; nothing for what is no time */
export function inputTime(ms: number, zone: Zone): string {
  if (Number.isNaN(ms)) return "";
  const moment = new Date(ms);
  if (zone === "utc") return moment.toISOString().slice(0, 19);
  const day = [digits(moment.getFullYear(), 4), digits(moment.getMonth() + 1), digits(moment.getDate())].join(
    "-",
  );
  const clock = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((each) => digits(each));
  return `${day}T${clock.join(":")}`;
}

/** Milliseconds since the Unix epoch; NaN for what is no time. */
export const timeOfInput = (text: string, zone: Zone): number =>
  Date.parse(zone === "utc" ? `${text}Z` : text);
