import { describe, expect, it } from "vitest";
import { faultsOf } from "../../../../layers/core/envelope.ts";
import { importsOf } from "../../../../scripts/source/imports.ts";
import { parseTableName } from "./identifiers.ts";
import { postgresSettings } from "./settings.ts";

const url = "postgres://telemetry@localhost/site";
const table = { table: "public.t", time: "ts", device: "agent" };
const faults = (tables: unknown, rest: object = {}) => {
  const parsed = postgresSettings.safeParse({ url, tables, ...rest });
  return parsed.success ? [] : faultsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`);
};

describe("postgresSettings", () => {
  it("fills in everything but what the tables are", () => {
    expect(postgresSettings.parse({ url, tables: [table] })).toEqual({
      url,
      time_zone: "UTC",
      statement_timeout: 30_000,
      tables: [
        {
          ...table,
          interval: 10_000,
          late_window: 300_000,
          history: 86_400_000,
          batch_rows: 1_000,
          except: [],
          labels: [],
          tags: [],
          prefix: "",
        },
      ],
    });
  });

  it.each([
    [[{ ...table, every: "1s" }], "tables[0].every: unknown field"],
    [[], /^tables: /],
    [[table, table], "tables: a table is listed twice: use a view for the second"],
    [[{ ...table, table: "t" }], "tables[0].table: expected schema.table"],
    [[{ ...table, device_id: "x" }], /^tables\[0\].device: expected device, a column, or device_id/],
    [[{ table: "a.b", time: "ts" }], /^tables\[0\].device: expected device/],
    [[{ ...table, metric: "m" }], "tables[0].metric: expected metric and value together"],
    [[{ ...table, metric: "m", value: "v", values: ["a"] }], /^tables\[0\].values: not together/],
    [[{ ...table, values: ["a"], except: ["b"] }], "tables[0].except: not together with values"],
    [[{ ...table, unit: "u" }], "tables[0].unit: only together with metric and value"],
    [[{ ...table, labels: ["a b"] }], /^tables\[0\].labels\[0\]: expected letters/],
    [[{ ...table, interval: "10" }], /^tables\[0\].interval: expected a duration/],
  ])("refuses %j", (tables, fault) => {
    expect(faults(tables)).toEqual([typeof fault === "string" ? fault : expect.stringMatching(fault)]);
  });
});

describe("parseTableName", () => {
  it.each([
    ["public.t", '"public"."t"'],
    ["Public.We ird", '"Public"."We ird"'],
    ['"a.b"."c""d"', '"a.b"."c""d"'],
    ['public."; DROP TABLE t; --', undefined],
    ['a".b', undefined],
    ["a.b.c", undefined],
    ["t", undefined],
  ])("reads %j as %j", (name, sql) => {
    expect(parseTableName(name)).toBe(sql);
  });
});

it("needs the driver only when a table is polled, so that an agent without one can do without it", async () => {
  const { globSync, readFileSync } = await import("node:fs");
  const files = globSync("**/*.ts", { cwd: import.meta.dirname, exclude: ["*.test.ts"] });
  const imports = files.flatMap((file) => importsOf(readFileSync(`${import.meta.dirname}/${file}`, "utf8")));
  const ofDriver = imports.filter(({ specifier }) => specifier === "pg").map(({ kind }) => kind);
  expect(new Set(ofDriver)).toEqual(new Set(["type", "dynamic"]));
});
