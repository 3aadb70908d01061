import { describe, expect, it } from "vitest";
import { levelOf, levelOfSeverity, levelsFrom } from "./log-level.ts";

describe("levelOf", () => {
  it.each([
    ["INFO", "info"],
    ["Information", "info"],
    ["notice", "info"],
    ["WARNING", "warn"],
    ["err", "error"],
    ["SEVERE", "error"],
    ["CRITICAL", "fatal"],
    ["emerg", "fatal"],
    ["silly", "trace"],
    ["verbose", "debug"],
    ["http", "debug"],
    [" Debug ", "debug"],
    ["INFO2", "info"],
    ["50", "error"],
  ])("reads %j as %s", (written, level) => {
    expect(levelOf(written)).toBe(level);
  });

  it.each([
    [10, "trace"],
    [20, "debug"],
    [30, "info"],
    [40, "warn"],
    [50, "error"],
    [60, "fatal"],
  ])("reads pino's and bunyan's %i as %s", (number, level) => {
    expect(levelOf(number)).toBe(level);
  });

  it.each([
    [0, "fatal"],
    [3, "error"],
    [4, "warn"],
    [6, "info"],
    [7, "debug"],
  ])("reads syslog's %i as %s", (number, level) => {
    expect(levelOf(number)).toBe(level);
  });

  it.each([
    [9, "info"],
    [13, "warn"],
    [17, "error"],
    [24, "fatal"],
  ])("reads OpenTelemetry's %i as %s", (number, level) => {
    expect(levelOf(number)).toBe(level);
  });

  it.each(["", "audit", "70", 25, -1, 1.5, 70])("does not guess what %j means", (written) => {
    expect(levelOf(written)).toBeUndefined();
  });
});

it("reads every OpenTelemetry severity, four to a level", () => {
  const read = Array.from({ length: 26 }, (_, severity) => levelOfSeverity(severity));
  expect(read.slice(0, 6)).toEqual([undefined, "trace", "trace", "trace", "trace", "debug"]);
  expect(read.slice(20)).toEqual(["error", "fatal", "fatal", "fatal", "fatal", undefined]);
});

it("knows what is at least as urgent", () => {
  expect(levelsFrom("warn")).toEqual(["warn", "error", "fatal"]);
});
