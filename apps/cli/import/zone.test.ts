import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime, type Micros, microsOf, parseTime } from "../../../layers/core/time.ts";
import { zoneOf } from "./zone.ts";

const wall = (text: string): Micros => parseTime(`${text}:00Z`) ?? Number.NaN;
const instants = (zone: string, text: string): string[] =>
  zoneOf(zone).instantsOf(wall(text)).map(formatTime);

describe("zoneOf", () => {
  it("takes a fixed offset from the time", () => {
    expect(instants("+02:00", "2024-07-01T12:00")).toEqual(["2024-07-01T10:00:00Z"]);
    expect(instants("-0330", "2024-07-01T12:00")).toEqual(["2024-07-01T15:30:00Z"]);
    expect(instants("utc", "2024-07-01T12:00")).toEqual(["2024-07-01T12:00:00Z"]);
  });

  it("knows summer from winter", () => {
    expect(instants("Europe/Berlin", "2024-01-15T12:00")).toEqual(["2024-01-15T11:00:00Z"]);
    expect(instants("Europe/Berlin", "2024-07-15T12:00")).toEqual(["2024-07-15T10:00:00Z"]);
    expect(instants("Asia/Kathmandu", "2024-07-15T12:00")).toEqual(["2024-07-15T06:15:00Z"]);
  });

  it("gives both instants of an hour that is there twice, the earlier first", () => {
    expect(instants("Europe/Berlin", "2024-10-27T02:30")).toEqual([
      "2024-10-27T00:30:00Z",
      "2024-10-27T01:30:00Z",
    ]);
    expect(instants("America/New_York", "2024-11-03T01:59")).toHaveLength(2);
    expect(instants("Europe/Berlin", "2024-10-27T03:00")).toEqual(["2024-10-27T02:00:00Z"]);
    expect(instants("Australia/Lord_Howe", "2024-04-07T01:45")).toHaveLength(2);
  });

  it("reads a time that the clocks skipped as if they had not been put forward", () => {
    expect(instants("Europe/Berlin", "2024-03-31T02:30")).toEqual(["2024-03-31T01:30:00Z"]);
    expect(instants("America/New_York", "2024-03-10T02:15")).toEqual(["2024-03-10T07:15:00Z"]);
  });

  it("refuses a name that is neither an offset nor a place", () => {
    expect(() => zoneOf("Europe/Atlantis")).toThrow(RangeError);
  });

  it("finds every instant again from what the clocks of the place showed then", () => {
    const zones = [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "Africa/Casablanca",
    ];
    const instant = fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, ms) => {
        const second = Math.floor(ms / 1_000) * 1_000;
        expect(zoneOf(zone).instantsOf(shownAt(zone, second))).toContain(microsOf(second));
      }),
    );
  });
});

/** By Intl's own calendar, not by its offsets. */
function shownAt(timeZone: string, ms: number): Micros {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(
    ms,
  );
  return parseTime(`${text.replace(" ", "T")}Z`) ?? Number.NaN;
}
