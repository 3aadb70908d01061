import { expect, it } from "vitest";
import { RefusedError } from "../../../core/errors.ts";
import { RETENTION_LEAD } from "../../../core/retention.ts";
import type { MetricDefinition } from "../port/definitions.ts";
import type { OpenRegistry } from "../port.contract.ts";
import { NOON, seconds } from "./alert-samples.ts";
import { eventOf } from "./samples.ts";

const definitionOf = (given: Partial<MetricDefinition> = {}): MetricDefinition => ({
  ...{ metricId: `met_${given.name ?? "cpu"}`, name: "cpu", dataType: "numeric", metricType: "gauge" },
  ...{ retentionDays: 90, aggregationInterval: 60, tags: [], metadata: {} },
  ...{ createdAt: NOON, updatedAt: NOON, createdBy: "key_1" },
  ...given,
});

export function definitionsContract(open: OpenRegistry): void {
  it("finds a definition as it was created [FR-006]", async () => {
    const { definitions } = open();
    const full = definitionOf({ name: 'cpu{core="0"}', minValue: -1.5, maxValue: 1e300, unit: "%" });
    const described = {
      ...full,
      description: 'of a "core"\n',
      tags: ["a"],
      metadata: { b: [null, { c: 1 }] },
    };
    await definitions.create(described, []);
    expect(await definitions.find(full.name)).toEqual(described);
    expect(await definitions.find("cpu")).toBeUndefined();
  });

  it("refuses a second definition of a name, also of two at once, and none of its events goes out [FR-008]", async () => {
    const { definitions, outbox } = open();
    const creating = [1, 2, 3].map((n) =>
      definitions.create(definitionOf({ metricId: `met_${n}` }), [eventOf(`created ${n}`)]),
    );
    const settled = await Promise.allSettled(creating);
    const refused = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refused).toHaveLength(2);
    for (const reason of refused) {
      expect(reason).toBeInstanceOf(RefusedError);
      expect(reason).toMatchObject({ status: 409 });
    }
    const told: string[] = [];
    await outbox.drain(async (events) => void told.push(...events.map(({ id }) => id)), 10);
    expect(told).toHaveLength(1);
    expect((await definitions.find("cpu"))?.metricId).toBe(told[0]?.replace("created ", "met_"));
  });

  it("lists definitions by name, filtered and by pages, and counts all [FR-006]", async () => {
    const { definitions } = open();
    for (const name of ["d", "B", "a", "c"]) await definitions.create(definitionOf({ name }), []);
    await definitions.create(definitionOf({ name: "e", dataType: "json", metricType: "counter" }), []);
    const names = async (filter: object) => {
      const page = await definitions.list({ limit: 10, offset: 0, ...filter });
      return [page.definitions.map(({ name }) => name).join(" "), page.count];
    };
    expect(await names({})).toEqual(["B a c d e", 5]);
    expect(await names({ limit: 2, offset: 1 })).toEqual(["a c", 5]);
    expect(await names({ dataType: "json" })).toEqual(["e", 1]);
    expect(await names({ dataType: "numeric", metricType: "counter" })).toEqual(["", 0]);
    expect([...(await definitions.types(["e", "a", "x"]))].sort()).toEqual([
      ["a", "gauge"],
      ["e", "counter"],
    ]);
  });

  it("removes a definition once, and its name is free again [FR-006]", async () => {
    const { definitions } = open();
    await definitions.create(definitionOf(), []);
    expect(await definitions.remove("cpu", seconds(1))).toBe(true);
    expect(await definitions.remove("cpu", seconds(2))).toBe(false);
    expect(await definitions.find("cpu")).toBeUndefined();
    await definitions.create(definitionOf({ metricId: "met_2" }), []);
    expect((await definitions.find("cpu"))?.metricId).toBe("met_2");
  });

  it("says what changed since a revision, and what holds of each metric and since when [FR-007, NFR-012]", async () => {
    const { definitions } = open();
    const before = (await definitions.changes(0, 100)).revision;
    await definitions.create(definitionOf({ name: "a", minValue: 0, retentionDays: 1 }), []);
    await definitions.create(definitionOf({ name: "b", dataType: "string" }), []);
    const first = await definitions.changes(before, 1);
    const a = {
      rules: { dataType: "numeric", minValue: 0 },
      retention: { days: 1, since: NOON + RETENTION_LEAD },
    };
    expect(first.metrics).toEqual([{ name: "a", ...a }]);
    const second = await definitions.changes(first.revision, 100);
    const b = { rules: { dataType: "string" }, retention: { days: 90, since: NOON + RETENTION_LEAD } };
    expect(second.metrics).toEqual([{ name: "b", ...b }]);
    await definitions.remove("a", seconds(5));
    const third = await definitions.changes(second.revision, 100);
    expect(third.metrics).toEqual([
      { name: "a", retention: { days: 90, since: seconds(5) + RETENTION_LEAD } },
    ]);
    expect(await definitions.changes(third.revision, 100)).toEqual({ metrics: [], revision: third.revision });
  });

  it("never puts a later decision before an earlier one, whatever the clock says [NFR-012]", async () => {
    const { definitions } = open();
    await definitions.create(definitionOf(), []);
    await definitions.remove("cpu", NOON - 5);
    const { metrics } = await definitions.changes(0, 100);
    expect(metrics).toEqual([{ name: "cpu", retention: { days: 90, since: NOON + RETENTION_LEAD + 1 } }]);
  });
}
