import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, parseTime } from "../../../layers/core/time.ts";
import type { Zone } from "./zone.ts";

/** Reads one timestamp after the other; `undefined` for what is none. */
export type TimestampReader = (text: string) => Micros | undefined;

/** Date, then perhaps a time, perhaps with seconds and their fraction, perhaps with a zone. */
const WRITTEN =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A number is the Unix time in the unit in which it is of our age: up to the year 5138 in each. */
const epochUnits = [
  { below: 1e11, micros: MICROS_PER_SECOND },
  { below: 1e14, micros: MICROS_PER_MS },
  { below: 1e17, micros: 1 },
  { below: 1e20, micros: 1e-3 },
] as const;

export function timestampReader(zone: Zone): TimestampReader {
  const choose = followDirection();
  return (text) => {
    if (NUMBER.test(text)) return fromEpoch(Number(text));
    const match = WRITTEN.exec(text);
    if (!match) return undefined;
    const [, date, time = "00:00", seconds = "00", fraction = "0", offset] = match;
    const wall = `${date}T${time}:${seconds}.${fraction}`;
    if (offset) return choose([parseTime(`${wall}${rfcOffset(offset)}`)]);
    const inUtc = parseTime(`${wall}Z`);
    return inUtc === undefined ? undefined : choose(zone.instantsOf(inUtc));
  };
}

function fromEpoch(value: number): Micros | undefined {
  const unit = epochUnits.find(({ below }) => Math.abs(value) < below);
  return unit && Math.round(value * unit.micros);
}

function rfcOffset(offset: string): string {
  if (/^[a-z]/i.test(offset)) return "Z";
  return `${offset.slice(0, 3)}:${offset.slice(3).replace(":", "") || "00"}`;
}

/**
 * Where the clocks were put back, an hour is on the wall twice. A series goes on in its direction: rising, the
 * second pass begins where the times would otherwise fall; falling, the other way round.
 */
function followDirection(): (instants: readonly (Micros | undefined)[]) => Micros | undefined {
  let last: Micros | undefined;
  let falling = false;
  return ([earlier, later]) => {
    if (earlier === undefined) return undefined;
    const chosen = later === undefined ? earlier : chooseBetween(earlier, later);
    if (last !== undefined && chosen !== last) falling = chosen < last;
    last = chosen;
    return chosen;
  };

  function chooseBetween(earlier: Micros, later: Micros): Micros {
    if (last === undefined) return earlier;
    if (falling) return later <= last ? later : earlier;
    return earlier >= last ? earlier : later;
  }
}
