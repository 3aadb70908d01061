import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import { openSite, type Site, untilAborted } from "../../../../test/edge/polled-site.ts";
import type { Table } from "./table.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

let name: string;
let tables = 0;
beforeEach(async () => {
  name = `public.readings_${tables++}`;
  await site.sql(`CREATE TABLE ${name} (ts timestamptz, agent text, name text, val double precision)`);
});
afterEach(() => {
  site.taken.length = 0;
  site.append = async () => undefined;
});

const narrow = () => ({ table: name, time: "ts", device: "agent", metric: "name", value: "val" });
const at = (secondsAgo: number) => new Date(site.now - secondsAgo * 1_000).toISOString();
const insert = (secondsAgo: number, value: number, metric = "m") =>
  site.sql(`INSERT INTO ${name} VALUES ($1, 'a', $2, $3)`, [at(secondsAgo), metric, value]);
const values = () => site.taken.map(({ value }) => value);
const look = (table: Table) => table.look(untilAborted);

describe("a look at a table", () => {
  it("takes what has come since the last one, and nothing twice [EDGE-05]", async () => {
    await insert(60, 1);
    const table = site.table(narrow());
    await look(table);
    await insert(30, 2);
    await look(table);
    await look(table);
    expect(values()).toEqual([1, 2]);
    expect(site.taken[0]).toEqual({
      device_id: "a",
      timestamp: "2024-03-01T11:59:00Z",
      metric_name: "m",
      value: 1,
    });
    expect(table.collected).toBe(2);
  });

  it("goes back into the history for the first time, and no further [EDGE-05]", async () => {
    await insert(7_200, 1);
    await insert(3_000, 2);
    await look(site.table({ ...narrow(), history: "1h" }));
    expect(values()).toEqual([2]);
  });

  it("begins again where everything was taken, and repeats only what may still have company [EDGE-05]", async () => {
    for (const secondsAgo of [3_000, 2_000, 1_000, 30]) await insert(secondsAgo, secondsAgo);
    await look(site.table({ ...narrow(), late_window: "1m" }));
    site.taken.length = 0;
    await insert(20, 20);
    await look(site.table({ ...narrow(), late_window: "1m" }));
    expect(values()).toEqual([30, 20]);
  });

  it("takes rows that come late within the window, each once [EDGE-05]", async () => {
    const table = site.table({ ...narrow(), late_window: "5m" });
    await insert(10, 1);
    await look(table);
    await insert(299, 2);
    await look(table);
    await insert(150, 3);
    await look(table);
    await look(table);
    expect(values()).toEqual([1, 2, 3]);
  });

  it("takes all rows of one time, whatever pages they fall on [EDGE-05]", async () => {
    await site.sql(`INSERT INTO ${name} SELECT $1, 'a', 'm' || n, n FROM generate_series(1, 25) n`, [at(5)]);
    const table = site.table({ ...narrow(), batch_rows: 7 });
    await look(table);
    expect(values().toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 25 }, (_, i) => i + 1),
    );
    await site.sql(`INSERT INTO ${name} SELECT $1, 'a', 'm' || n, n FROM generate_series(26, 30) n`, [at(5)]);
    await look(table);
    expect(new Set(values()).size).toBe(30);
    expect(site.taken).toHaveLength(30);
  });

  it("takes a row that was changed again [EDGE-05]", async () => {
    const table = site.table(narrow());
    await insert(10, 1);
    await look(table);
    await site.sql(`UPDATE ${name} SET val = 2`);
    await look(table);
    expect(values()).toEqual([1, 2]);
  });

  it("takes a row whose value changed and changed back [EDGE-05]", async () => {
    const table = site.table(narrow());
    await insert(10, 1);
    await insert(10, 7, "other");
    for (const value of [1, 2, 1, 1, 2]) {
      await site.sql(`UPDATE ${name} SET val = $1 WHERE name = 'm'`, [value]);
      await look(table);
    }
    expect(values().filter((value) => value !== 7)).toEqual([1, 2, 1, 2]);
    expect(site.taken).toHaveLength(5);
  });

  it("leaves what is dated ahead until its time comes, and is not misled by it [EDGE-05]", async () => {
    const table = site.table(narrow());
    await insert(-86_400, 1);
    await site.sql(`INSERT INTO ${name} VALUES ('infinity', 'a', 'm', 9), (NULL, 'a', 'm', 9)`);
    await look(table);
    await insert(1, 2);
    await look(table);
    expect(values()).toEqual([2]);
    const now = site.now;
    site.now += 86_400_000;
    await look(table);
    site.now = now;
    expect(values()).toEqual([2, 1]);
  });

  it("moves its mark after the sink has the rows, and not before [EDGE-05]", async () => {
    await insert(3_000, 1);
    await insert(2_000, 2);
    const settings = { ...narrow(), batch_rows: 1, late_window: "1s" };
    site.append = async ([entry]) => {
      if (entry?.value === 2) throw new UnavailableError("the disk is full");
    };
    const table = site.table(settings);
    await expect(look(table)).rejects.toThrow("the disk is full");
    expect(values()).toEqual([1]);
    site.append = async () => undefined;
    await look(table);
    expect(values()).toEqual([1, 2]);
    site.taken.length = 0;
    await look(site.table(settings));
    expect(values()).toEqual([2]);
  });

  it("makes way after some pages, and goes on from there [EDGE-05]", async () => {
    const limits = { rememberedRows: 1_000, pagesPerLook: 2 };
    for (let i = 0; i < 10; i++) await insert(3_000 - i * 60, i);
    const table = site.table({ ...narrow(), batch_rows: 1, late_window: "1m" }, limits);
    const looks: number[] = [];
    do looks.push(site.taken.length);
    while ((await look(table)).more);
    expect(looks.length).toBeGreaterThan(3);
    expect(values()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("meets late rows in a window that holds more than it can remember, twice per window [EDGE-05]", async () => {
    const limits = { rememberedRows: 3, pagesPerLook: 100 };
    const table = site.table({ ...narrow(), late_window: "10m" }, limits);
    for (let i = 0; i < 20; i++) await insert(200 - i * 10, i);
    await look(table);
    await look(table);
    expect(site.taken.length).toBeLessThan(25);
    await insert(190, 100);
    site.now += 300_000;
    await look(table);
    site.now -= 300_000;
    expect(values()).toContain(100);
    expect(Object.keys(site.inEffect())).toHaveLength(20);
  });

  it("says that a clock is wrong rather than skip what comes until then [EDGE-05]", async () => {
    await insert(5, 1);
    const now = site.now;
    site.now += 365 * 86_400_000;
    await look(site.table(narrow()));
    site.now = now;
    await expect(look(site.table(narrow()))).rejects.toThrow("clock has yet to reach");
  });
});
