import { describe, expect, it } from "vitest";
import { formatTime } from "../../../layers/core/time.ts";
import { timestampReader } from "./timestamp.ts";
import { zoneOf } from "./zone.ts";

function read(texts: readonly string[], zone = "UTC"): (string | undefined)[] {
  const reader = timestampReader(zoneOf(zone));
  return texts.map((text) => {
    const time = reader(text);
    return time === undefined ? undefined : formatTime(time);
  });
}

describe("timestampReader", () => {
  it.each([
    ["2024-03-01T10:20:30Z", "2024-03-01T10:20:30Z"],
    ["2024-03-01T10:20:30.123456+01:00", "2024-03-01T09:20:30.123456Z"],
    ["2024-03-01 10:20:30", "2024-03-01T10:20:30Z"],
    ["2024-03-01 10:20", "2024-03-01T10:20:00Z"],
    ["2024-03-01T10:20Z", "2024-03-01T10:20:00Z"],
    ["2024-03-01 10:20:30,5", "2024-03-01T10:20:30.500Z"],
    ["2024-03-01 10:20:30.123", "2024-03-01T10:20:30.123Z"],
    ["2024-03-01 10:20:30 UTC", "2024-03-01T10:20:30Z"],
    ["2024-03-01 10:20:30+0530", "2024-03-01T04:50:30Z"],
    ["2024-03-01 10:20:30-05", "2024-03-01T15:20:30Z"],
    ["2024-03-01", "2024-03-01T00:00:00Z"],
    ["1709288430", "2024-03-01T10:20:30Z"],
    ["1709288430.25", "2024-03-01T10:20:30.250Z"],
    ["1709288430123", "2024-03-01T10:20:30.123Z"],
    ["1709288430123456", "2024-03-01T10:20:30.123456Z"],
    ["0", "1970-01-01T00:00:00Z"],
  ])("reads %s as %s", (text, expected) => {
    expect(read([text])).toEqual([expected]);
  });

  it.each(["", "yesterday", "2024-02-30", "2024-03-01 24:00", "01/03/2024", "2024-03-01 10", "1e9", "NaN"])(
    "does not read %s",
    (text) => {
      expect(read([text])).toEqual([undefined]);
    },
  );

  it("takes times without a zone to be of the zone given, and leaves the others", () => {
    expect(read(["2024-07-01 12:00", "2024-07-01 12:00Z", "1709288430"], "Europe/Berlin")).toEqual([
      "2024-07-01T10:00:00Z",
      "2024-07-01T12:00:00Z",
      "2024-03-01T10:20:30Z",
    ]);
  });

  const clocksPutBack = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"].map(
    (at) => `2024-10-27 ${at}`,
  );
  const rising = ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"].map(
    (at) => `2024-10-${at === "23:30" ? 26 : 27}T${at}:00Z`,
  );

  it("tells the hour that is there twice apart in a series that rises", () => {
    expect(read(clocksPutBack, "Europe/Berlin")).toEqual(rising);
  });

  it("tells it apart in a series that falls, too", () => {
    expect(read(clocksPutBack.toReversed(), "Europe/Berlin")).toEqual(rising.toReversed());
  });

  it("keeps rows of one time together in it", () => {
    const twice = clocksPutBack.flatMap((text) => [text, text]);
    expect(read(twice, "Europe/Berlin")).toEqual(rising.flatMap((text) => [text, text]));
  });
});
