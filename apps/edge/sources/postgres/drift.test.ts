import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSite, type Site, untilAborted } from "../../../../test/edge/polled-site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

let name: string;
let tables = 0;
beforeEach(async () => {
  site.taken.length = 0;
  name = `public.wide_${tables++}`;
  await site.sql(`CREATE TABLE ${name} (ts timestamptz, agent text, temp float8, rpm int, note text)`);
});

const wide = () => ({ table: name, time: "ts", device: "agent" });
const listed = () => ({ ...wide(), values: ["temp", "rpm"] });
let written = 0;
const insert = (columns: string, values: string) =>
  site.sql(`INSERT INTO ${name} (ts, agent, ${columns}) VALUES ($1, 'a', ${values})`, [
    new Date(site.now - 60_000 + written++).toISOString(),
  ]);
const metrics = () => site.taken.map(({ metric_name, value }) => [metric_name, value]);

describe("a table that changes", () => {
  it("gives a metric more when it gets a column, or not if the columns are listed [EDGE-05]", async () => {
    const all = site.table(wide());
    await insert("temp", "1");
    await all.look(untilAborted);
    await site.sql(`ALTER TABLE ${name} ADD COLUMN load float8`);
    await insert("temp, load", "2, 0.5");
    await all.look(untilAborted);
    expect(metrics().slice(-2)).toEqual([
      ["temp", 2],
      ["load", 0.5],
    ]);
    site.taken.length = 0;
    await site.table(listed()).look(untilAborted);
    expect(metrics()).toEqual([
      ["temp", 1],
      ["temp", 2],
    ]);
  });

  it("goes on without a column that is dropped, says so, and takes it again when it is back [EDGE-05]", async () => {
    const table = site.table(listed());
    await site.sql(`ALTER TABLE ${name} DROP COLUMN rpm`);
    await insert("temp", "1");
    expect(await table.look(untilAborted)).toMatchObject({ missing: ["rpm"] });
    await site.sql(`ALTER TABLE ${name} ADD COLUMN rpm bigint`);
    await insert("rpm", "7");
    expect(await table.look(untilAborted)).toMatchObject({ missing: [] });
    expect(Object.values(site.inEffect())).toEqual([1, 7]);
  });

  it.each([
    ["its time", "RENAME COLUMN ts TO happened", "RENAME COLUMN happened TO ts", "has no column ts"],
    ["its device", "RENAME COLUMN agent TO who", "RENAME COLUMN who TO agent", "has no column agent"],
    ["itself", "RENAME TO elsewhere", undefined, "there is no public.wide"],
    [
      "the type of its time",
      "ALTER COLUMN ts TYPE text",
      "ALTER COLUMN ts TYPE timestamptz USING ts::timestamptz",
      "expected a timestamp or a date, it is text",
    ],
  ])(
    "waits while it lacks %s, and then takes all that came meanwhile [EDGE-05]",
    async (_, away, back, says) => {
      const table = site.table(wide());
      await table.look(untilAborted);
      await insert("temp", "1");
      await site.sql(`ALTER TABLE ${name} ${away}`);
      await expect(table.look(untilAborted)).rejects.toThrow(says);
      await site.sql(
        back ? `ALTER TABLE ${name} ${back}` : `ALTER TABLE public.elsewhere RENAME TO ${name.slice(7)}`,
      );
      await table.look(untilAborted);
      expect(metrics()).toEqual([["temp", 1]]);
    },
  );

  it("is read on when it was dropped and made anew with other types [EDGE-05]", async () => {
    const table = site.table(wide());
    await insert("temp", "1");
    await table.look(untilAborted);
    await site.sql(`DROP TABLE ${name}`);
    await expect(table.look(untilAborted)).rejects.toThrow("there is no");
    await site.sql(`CREATE TABLE ${name} (ts timestamp, agent int, temp text)`);
    await site.sql(`INSERT INTO ${name} VALUES ('2024-03-01 11:59:30.123456', 7, 'warm')`);
    await table.look(untilAborted);
    expect(site.taken.at(-1)).toMatchObject({
      device_id: "7",
      timestamp: "2024-03-01T11:59:30.123456Z",
      value: "warm",
    });
  });
});

describe("the values of a row", () => {
  it("become what JSON has for them; what cannot be is counted once and not met again [EDGE-05]", async () => {
    await site.sql(`DROP TABLE ${name}`);
    await site.sql(`CREATE DOMAIN percentage_${tables} AS numeric CHECK (value >= 0)`);
    await site.sql(`CREATE TABLE ${name} (ts date, "the agent" text, small int2, big int8, exact numeric(30, 5),
      nan float8, endless numeric, share percentage_${tables}, yes bool, doc jsonb, nothing int, list float8[],
      raw bytea, id uuid, took interval, "Ünit" int, tag text, json_null json)`);
    await site.sql(`INSERT INTO ${name} VALUES ('2024-03-01', 'a', 1, 9007199254740993, 12345.67890,
      'NaN', 'Infinity', 12.5, true, '{"a": [1, null]}', NULL, '{1.5, NULL}', '\\xdeadbeef',
      '00000000-0000-0000-0000-000000000001', '1 day 2 hours', 1, 'r1', 'null')`);
    const settings = { table: name, time: "ts", device: "the agent", tags: ["tag"], prefix: "p." };
    const table = site.table(settings);
    await table.look(untilAborted);
    await table.look(untilAborted);
    expect(Object.fromEntries(metrics())).toEqual({
      "p.small": 1,
      "p.big": 9_007_199_254_740_992,
      "p.exact": 12_345.6789,
      "p.share": 12.5,
      "p.yes": true,
      "p.doc": { a: [1, null] },
      "p.list": [1.5, null],
      "p.raw": "3q2+7w==",
      "p.id": "00000000-0000-0000-0000-000000000001",
      "p.took": "P1DT2H",
    });
    expect(site.taken[0]).toMatchObject({ timestamp: "2024-03-01T00:00:00Z", tags: { tag: "r1" } });
    expect(site.refused).toEqual([
      "p.nan is NaN",
      "p.endless is Infinity",
      expect.stringMatching(/^p\.Ünit metric_name: expected a name/),
    ]);
  });

  it("are a narrow table's one, with its unit; labels tell rows of one time apart [EDGE-05]", async () => {
    await site.sql(
      `CREATE TABLE ${name}_narrow (ts timestamptz, metric text, v float8, u text, core int, disk text)`,
    );
    await site.sql(`INSERT INTO ${name}_narrow VALUES ('2024-03-01 11:59Z', 'used', 1, 'bytes', 0, 'a"b'),
      ('2024-03-01 11:59Z', 'used', 2, NULL, 1, NULL), ('2024-03-01 11:59Z', NULL, 3, NULL, 1, NULL)`);
    const settings = {
      table: `${name}_narrow`,
      time: "ts",
      device_id: "site-7",
      metric: "metric",
      value: "v",
      unit: "u",
      labels: ["disk", "core"],
    };
    site.refused.length = 0;
    await site.table(settings).look(untilAborted);
    const timestamp = "2024-03-01T11:59:00Z";
    const first = { value: 1, unit: "bytes", metric_name: 'used{core="0",disk="a\\"b"}' };
    expect(site.taken).toEqual([
      { device_id: "site-7", timestamp, ...first },
      { device_id: "site-7", timestamp, value: 2, metric_name: 'used{core="1"}' },
    ]);
    expect(site.refused).toEqual(["metric is NULL"]);
  });
});
