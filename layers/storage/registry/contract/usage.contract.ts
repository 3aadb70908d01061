import fc from "fast-check";
import { expect, it } from "vitest";
import { MICROS_PER_SECOND, microsOf } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { Registry, UsageCount, UsageDuration, UsageIncrements } from "../port.ts";
import { countOf, durationOf } from "./samples.ts";

const MINUTE = 60 * MICROS_PER_SECOND;
const at = (time: string) => microsOf(Date.parse(time));
const day = { from: at("2026-07-07T00:00Z"), to: at("2026-07-08T00:00Z") };

const add = ({ inbox }: Registry, increments: Partial<UsageIncrements>) =>
  inbox.once("usage", [], { kind: "events" }, (_, effects) =>
    effects.countUsage({ counts: [], durations: [], ...increments }),
  );

const withoutMinute = ({ minute: _, ...rest }: UsageCount) => rest;

export function usageContract(open: OpenRegistry): void {
  it("sums counts by every label [BUS-13]", async () => {
    const registry = open();
    const labels = { vendor: "acme", tier: "gold", endpoint: "/models", cache: "hit", outcome: "ok" };
    await add(registry, { counts: [countOf(labels), countOf({ ...labels, count: 4 })] });
    await add(registry, { counts: [countOf({ ...labels, minute: countOf().minute + MINUTE, count: 10 })] });
    await add(registry, { counts: [countOf({ ...labels, cache: "miss" }), countOf({ type: "api.error" })] });
    const expected = [
      countOf({ ...labels, count: 15 }),
      countOf({ ...labels, cache: "miss" }),
      countOf({ type: "api.error" }),
    ].map(withoutMinute);
    const counts = await registry.usage.counts(day);
    expect(counts).toHaveLength(expected.length);
    expect(counts).toEqual(expect.arrayContaining(expected));
  });

  it("sums durations by measure, endpoint and bucket [BUS-13]", async () => {
    const registry = open();
    await add(registry, { durations: [durationOf(), durationOf({ bucket: -345, count: 2, sumMs: 0.25 })] });
    await add(registry, { durations: [durationOf({ count: 3, sumMs: 22 }), durationOf({ endpoint: "/x" })] });
    await add(registry, { durations: [durationOf({ measure: "processing" })] });
    const durations = await registry.usage.durations(day);
    const expected = [
      { measure: "api", endpoint: "", bucket: 100, count: 4, sumMs: 29.5 },
      { measure: "api", endpoint: "", bucket: -345, count: 2, sumMs: 0.25 },
      { measure: "api", endpoint: "/x", bucket: 100, count: 1, sumMs: 7.5 },
      { measure: "processing", endpoint: "", bucket: 100, count: 1, sumMs: 7.5 },
    ];
    expect(durations).toHaveLength(expected.length);
    expect(durations).toEqual(expect.arrayContaining(expected));
  });

  it("adds what was measured apart from any event to what is there [EVT-07]", async () => {
    const registry = open();
    await add(registry, { durations: [durationOf({ measure: "chain" })] });
    await registry.usage.measured([durationOf({ measure: "chain" }), durationOf({ measure: "chain" })]);
    await registry.usage.measured([]);
    const [measured, ...others] = await registry.usage.durations(day);
    expect(measured).toMatchObject({ measure: "chain", count: 3, sumMs: 22.5 });
    expect(others).toEqual([]);
  });

  it("tells labels apart wherever one ends and the next begins", async () => {
    const registry = open();
    await add(registry, {
      counts: [countOf({ vendor: "a,b", tier: "" }), countOf({ vendor: "a", tier: ",b" })],
    });
    expect(await registry.usage.counts(day)).toHaveLength(2);
  });

  it("takes labels as long as an event may have them", async () => {
    const registry = open();
    const long = "€".repeat(1_024);
    const labels = { vendor: long, tier: long, endpoint: long };
    await add(registry, { counts: [countOf(labels)], durations: [durationOf({ endpoint: long })] });
    expect(await registry.usage.counts(day)).toEqual([withoutMinute(countOf(labels))]);
    expect(await registry.usage.durations(day)).toMatchObject([{ endpoint: long }]);
  });

  it("gives the events of each hour, the oldest first, and leaves out hours without [BUS-13]", async () => {
    const registry = open();
    const minutes = ["10:59", "11:00", "11:59", "13:00", "13:30"];
    const counts = minutes.map((minute) => countOf({ minute: at(`2026-07-07T${minute}Z`), vendor: minute }));
    await add(registry, {
      counts: [...counts, countOf({ minute: at("2026-07-07T11:07Z"), type: "api.error" })],
    });
    const hourly = await registry.usage.hourly({
      from: at("2026-07-07T11:00Z"),
      to: at("2026-07-07T13:30Z"),
    });
    expect(hourly).toEqual([
      { hour: at("2026-07-07T11:00Z"), type: "api.error", count: 1 },
      { hour: at("2026-07-07T11:00Z"), type: "model.queried", count: 2 },
      { hour: at("2026-07-07T13:00Z"), type: "model.queried", count: 1 },
    ]);
  });

  it("answers any range of whole minutes exactly [BUS-14]", async () => {
    const registry = open();
    const start = at("2026-07-05T00:00Z");
    const minuteIn = (days: number) => fc.nat(days * 1_440 - 1).map((minute) => start + minute * MINUTE);
    const increments = fc.array(
      fc.record({ minute: minuteIn(4), bucket: fc.nat(3), count: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 1,
        maxLength: 200,
      },
    );
    const [written = []] = fc.sample(increments, 1);
    await add(registry, {
      counts: written.map(({ minute, count }) => countOf({ minute, count })),
      durations: written.map((given) => durationOf({ ...given, sumMs: given.count * 2 })),
    });
    const sum = (rows: readonly Pick<UsageDuration, "count">[]) =>
      rows.reduce((total, row) => total + row.count, 0);

    await fc.assert(
      fc.asyncProperty(
        minuteIn(4),
        minuteIn(4),
        fc.integer({ min: -1, max: 1 }),
        async (from, to, offset) => {
          const range = { from: from + offset, to };
          const expected = sum(written.filter(({ minute }) => minute >= range.from && minute < range.to));
          const durations = await registry.usage.durations(range);
          expect(sum(await registry.usage.counts(range))).toBe(expected);
          expect(sum(await registry.usage.hourly(range))).toBe(expected);
          expect(sum(durations)).toBe(expected);
          expect(durations.reduce((total, { sumMs }) => total + sumMs, 0)).toBe(expected * 2);
        },
      ),
    );
  });

  it("loses no increment of writers that count the same at once", async () => {
    const registries = [open(), open(), open()];
    const counts = Array.from({ length: 50 }, (_, i) => countOf({ vendor: `v${i}` }));
    const durations = Array.from({ length: 50 }, (_, bucket) => durationOf({ bucket }));
    await Promise.all(
      registries.map(async ({ inbox }, i) => {
        for (let round = 0; round < 5; round++) {
          await inbox.once(`usage.${i}`, [], { kind: "events" }, async (_, effects) => {
            await effects.countUsage({ counts: i === 1 ? counts.toReversed() : counts, durations: [] });
            await effects.countUsage({ counts, durations: durations.toReversed() });
          });
        }
      }),
    );
    const [{ usage }] = registries as [Registry];
    expect((await usage.counts(day)).map(({ count }) => count)).toEqual(counts.map(() => 30));
    expect((await usage.durations(day)).map(({ count }) => count)).toEqual(durations.map(() => 15));
  });

  it("is empty where nothing was counted", async () => {
    const { usage } = open();
    expect(await usage.counts(day)).toEqual([]);
    expect(await usage.durations({ from: day.to, to: day.from })).toEqual([]);
    expect(await usage.hourly(day)).toEqual([]);
  });
}
