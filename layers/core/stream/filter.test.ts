import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Point } from "../measurement.ts";
import { createSwitchboard, matches, type StreamFilter } from "./filter.ts";

const pointOf = (given: Partial<Point> = {}): Point => ({
  deviceId: "d1",
  metricName: "temperature",
  time: 0,
  value: 1,
  ...given,
});

const filterOf = (given: Partial<StreamFilter> = {}): StreamFilter => ({
  deviceIds: [],
  metricNames: [],
  tags: {},
  ...given,
});

describe("a filter", () => {
  it("that says nothing takes everything", () => {
    expect(matches(filterOf(), pointOf())).toBe(true);
  });

  it.each<[string, Partial<StreamFilter>, Partial<Point>, boolean]>([
    ["one of its devices", { deviceIds: ["d0", "d1"] }, {}, true],
    ["another device", { deviceIds: ["d0"] }, {}, false],
    ["one of its metrics", { metricNames: ["humidity", "temperature"] }, {}, true],
    ["another metric", { metricNames: ["humidity"] }, {}, false],
    ["all its tags and more", { tags: { a: "1" } }, { tags: { a: "1", b: "2" } }, true],
    ["a tag of another value", { tags: { a: "1" } }, { tags: { a: "2" } }, false],
    ["one of two tags", { tags: { a: "1", b: "2" } }, { tags: { a: "1" } }, false],
    ["no tags", { tags: { a: "1" } }, {}, false],
    ["a tag of an object's own", { tags: { constructor: "1" } }, { tags: { a: "1" } }, false],
  ])("asked about a point with %s says so [E5-US1 AC2]", (_, filter, point, expected) => {
    expect(matches(filterOf(filter), pointOf(point))).toBe(expected);
  });
});

describe("a switchboard", () => {
  const some = (...names: string[]) => fc.uniqueArray(fc.constantFrom(...names));
  const filters = fc.record({
    deviceIds: some("d1", "d2", "d3"),
    metricNames: some("m1", "m2"),
    tags: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "2")),
  });
  const points = fc.record({
    deviceId: fc.constantFrom("d1", "d2", "d3", "d4"),
    metricName: fc.constantFrom("m1", "m2", "m3"),
    tags: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "2")),
  });

  it("finds exactly the listeners whose filter takes the point, each once [E5-US1 AC2]", () => {
    fc.assert(
      fc.property(fc.array(filters), points, (wanted, given) => {
        const listeners = wanted.map((filter) => ({ filter }));
        const point = pointOf(given);
        const found = createSwitchboard(listeners).listenersOf(point);
        expect(new Set(found).size).toBe(found.length);
        expect(new Set(found)).toEqual(new Set(listeners.filter(({ filter }) => matches(filter, point))));
      }),
    );
  });
});
