import { describe, expect, it } from "vitest";
import { readCell } from "./value.ts";

describe("readCell", () => {
  it.each([
    ["25.5", 25.5],
    [" -3 ", -3],
    ["+.5", 0.5],
    ["1.5e-3", 0.0015],
    ["51.846000000000004", 51.846000000000004],
    ["true", true],
    ["FALSE", false],
    ["open", "open"],
    ["0x10", "0x10"],
    ["1,5", "1,5"],
    ["constructor", "constructor"],
  ])("reads %s as it is meant", (text, value) => {
    expect(readCell(text)).toEqual({ value });
  });

  it.each(["", "   ", "\t"])("takes blank text for no value", (text) => {
    expect(readCell(text)).toEqual({ empty: true });
  });

  it.each(["NaN", "inf", "-Infinity", "1e999"])("refuses %s, which no series can hold", (text) => {
    expect(readCell(text)).toEqual({ fault: "value: expected a finite number" });
  });
});
