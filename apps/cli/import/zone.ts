import { MICROS_PER_DAY, MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from "../../../layers/core/time.ts";

/** What a clock on the wall shows, as the microseconds that it would be if the wall were in UTC. */
export type WallTime = Micros;

/** Reads wall-clock times of one place. */
export interface Zone {
  /**
   * The instants that a wall-clock time can mean, the earlier first: two where the clocks were put back, else
   * one. A time that the clocks skipped means the instant after the skip, as if they had not been put forward.
   */
  instantsOf(wall: WallTime): readonly Micros[];
}

const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/**
 * @param name `UTC`, an offset (`+02:00`), or a name of the IANA database (`Europe/Berlin`)
 * @throws {RangeError} neither
 */
export function zoneOf(name: string): Zone {
  if (/^(utc|gmt|z)$/i.test(name)) return fixed(0);
  const offset = OFFSET.exec(name);
  if (offset) return fixed(offsetMicros(offset[1] === "-" ? -1 : 1, offset[2], offset[3], "0"));
  return named(name);
}

const fixed = (offset: Micros): Zone => ({ instantsOf: (wall) => [wall - offset] });

function offsetMicros(
  sign: number,
  hours: string | undefined,
  minutes: string | undefined,
  seconds = "0",
): Micros {
  return sign * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * MICROS_PER_SECOND;
}

/** Clocks are changed on a quarter of an hour, so within one the offsets are the same. */
const QUARTER = 900 * MICROS_PER_SECOND;
const MAX_CACHED = 20_000;

function named(timeZone: string): Zone {
  const offsetAt = offsets(timeZone);
  const cache = new Map<number, readonly Micros[]>();
  return {
    instantsOf(wall) {
      const quarter = Math.floor(wall / QUARTER);
      let found = cache.get(quarter);
      if (!found) {
        if (cache.size >= MAX_CACHED) cache.clear();
        found = offsetsOf(quarter * QUARTER, offsetAt);
        cache.set(quarter, found);
      }
      return found.map((offset) => wall - offset);
    },
  };
}

/** Larger offsets first, so that the instants come out in order. */
function offsetsOf(wall: WallTime, offsetAt: (instant: Micros) => Micros): Micros[] {
  const before = offsetAt(wall - MICROS_PER_DAY);
  const after = offsetAt(wall + MICROS_PER_DAY);
  const candidates = [...new Set([before, after])].sort((a, b) => b - a);
  const valid = candidates.filter((offset) => offsetAt(wall - offset) === offset);
  return valid.length > 0 ? valid : [before];
}

/** The IANA database through Intl, which writes an offset as `GMT`, `GMT+05:45` or `GMT-00:01:15`. */
function offsets(timeZone: string): (instant: Micros) => Micros {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (instant) => {
    const parts = format.formatToParts(instant / MICROS_PER_MS);
    const text = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text);
    return match ? offsetMicros(match[1] === "-" ? -1 : 1, match[2], match[3], match[4]) : 0;
  };
}
