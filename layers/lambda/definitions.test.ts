import { expect, it } from "vitest";
import { UnavailableError } from "../core/errors.ts";
import type { KnownMetric } from "../core/known-metrics.ts";
import { createDefinitionsCache } from "./definitions.ts";

const MINUTE = 60_000;

/** A registry of one metric, and a clock that stands. */
function setUp() {
  const state = { now: 0, asked: 0, away: false, changed: [] as KnownMetric[][] };
  const clock = { now: () => state.now };
  const definitions = {
    async changes(after: number) {
      state.asked++;
      if (state.away) throw new UnavailableError("gone");
      return { metrics: state.changed.slice(after).flat(), revision: state.changed.length };
    },
  };
  return { state, cache: createDefinitionsCache(definitions, clock) };
}

const bounded = (maxValue: number): KnownMetric => ({
  name: "cpu",
  rules: { dataType: "numeric", maxValue },
  retention: { days: 1, since: 5 },
});

it("asks once a second what has changed, however many ask it, and not for every point [FR-007]", async () => {
  const { state, cache } = setUp();
  state.changed.push([bounded(10)]);
  for (let ms = 0; ms < 3_000; ms += 10) {
    state.now = ms;
    await Promise.all([cache.current(), cache.current()]);
  }
  expect(state.asked).toBe(3);
});

it("knows of a change, and of one that is taken back, a second later [FR-007]", async () => {
  const { state, cache } = setUp();
  const metrics = await cache.current();
  expect(metrics.faultIn("cpu", 11)).toBeUndefined();
  state.changed.push([bounded(10)]);
  state.now = 1_000;
  expect((await cache.current()).faultIn("cpu", 11)).toContain("maximum 10");
  state.changed.push([{ name: "cpu", retention: { days: 90, since: 7 } }]);
  state.now = 2_000;
  expect((await cache.current()).faultIn("cpu", 11)).toBeUndefined();
  expect(metrics.retentionOf("cpu")).toEqual({ days: 90, since: 7 });
});

it("holds to what it knows for 15 minutes while the database is away, and then says so [FR-007]", async () => {
  const { state, cache } = setUp();
  state.changed.push([bounded(10)]);
  await cache.current();
  state.away = true;
  for (state.now = 1_000; state.now < 15 * MINUTE; state.now += 1_000) {
    expect((await cache.current()).faultIn("cpu", 11)).toContain("maximum 10");
  }
  expect(state.asked).toBeLessThan(200);
  state.now = 15 * MINUTE + 5_000;
  await expect(cache.current()).rejects.toThrow(UnavailableError);
  state.away = false;
  await expect(cache.current()).resolves.toBeDefined();
});

it("knows nothing when the database was away from the beginning", async () => {
  const { state, cache } = setUp();
  state.away = true;
  await expect(cache.current()).rejects.toThrow(UnavailableError);
});

it("asks at once for a revision that somebody else knew already, and is not content with less [NFR-012]", async () => {
  const { state, cache } = setUp();
  await cache.current();
  state.changed.push([bounded(10)]);
  expect((await cache.current(0)).faultIn("cpu", 11)).toBeUndefined();
  expect((await cache.current(1)).faultIn("cpu", 11)).toContain("maximum 10");
  expect(cache.revision).toBe(1);
  state.away = true;
  expect((await cache.current(1)).faultIn("cpu", 11)).toContain("maximum 10");
  await expect(cache.current(2)).rejects.toThrow(UnavailableError);
});

it("goes by what there is where a revision was forgotten, as by a restored database", async () => {
  const { state, cache } = setUp();
  state.changed.push([bounded(10)]);
  expect((await cache.current(7)).faultIn("cpu", 11)).toContain("maximum 10");
});
