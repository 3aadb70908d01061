import { describe, expect, it } from "vitest";
import { backoffMs } from "../../apps/console/api/backoff.ts";
import { ApiError, asApiError } from "../../apps/console/api/error.ts";
import { alignedData } from "../../apps/console/components/chart/data.ts";
import { bytes, compact, number, percent } from "../../apps/console/format/numbers.ts";
import { absolute, duration, relativeTo } from "../../apps/console/format/times.ts";
import { visible } from "../../apps/console/format/visible.ts";
import { schemaType } from "../../scripts/console/schema-type.ts";

describe("waiting before a repeat", () => {
  const backoff = { firstMs: 1_000, mostMs: 30_000 };
  it("doubles with each failure up to the most, and is spread over its second half", () => {
    expect([1, 2, 3, 9].map((failures) => backoffMs(failures, backoff, () => 1))).toEqual([
      1_000, 2_000, 4_000, 30_000,
    ]);
    expect(backoffMs(2, backoff, () => 0)).toBe(1_000);
  });
});

it("takes for no answer only what got none: what else fails is no lost connection, and not asked again", () => {
  const silent = new ApiError({ status: 0, detail: "the API cannot be reached" });
  expect(asApiError(silent).isTransient).toBe(true);
  const broken = asApiError(new SyntaxError("Unexpected end of JSON input"));
  expect(broken).toMatchObject({ status: -1, message: "Unexpected end of JSON input", isTransient: false });
});

describe("a chart's data", () => {
  it("has a break where a series has nothing for far longer than usual", () => {
    const times = [0, 10, 20, 100, 110];
    expect(alignedData([{ name: "a", times, values: [1, 2, 3, 4, 5] }])).toEqual([
      [0, 10, 20, 21, 100, 110],
      [1, 2, 3, null, 4, 5],
    ]);
  });

  it("joins several series over one list of times, and lets a line go on where only another has a point", () => {
    const joined = alignedData([
      { name: "a", times: [0, 10, 20], values: [1, 2, 3] },
      { name: "b", times: [5, 15, 25], values: [4, null, 6] },
    ]);
    expect(joined[0]).toEqual([0, 5, 10, 15, 20, 25]);
    expect(joined[1]).toEqual([1, undefined, 2, undefined, 3, undefined]);
    expect(joined[2]).toEqual([undefined, 4, undefined, null, undefined, 6]);
  });

  it("is nothing without a series", () => {
    expect(alignedData([])).toEqual([[]]);
  });
});

describe("what is written of a number", () => {
  it.each([
    [number(1234.5678), "1,235"],
    [number(0.00012345), "0.0001235"],
    [number(1_234_567.8), "1,234,568"],
    [compact(12_345), "12.3K"],
    [compact(950), "950"],
    [percent(0.0123), "1.23"],
    [bytes(0), "0 B"],
    [bytes(1_572_864), "1.5 MB"],
  ])("is %s", (written, expected) => {
    expect(written).toBe(expected);
  });
});

it("shows what would turn the reading direction unseen", () => {
  expect(visible("a\u202Egnp.exe\u202C")).toBe("a\\u202egnp.exe\\u202c");
  expect(visible("ünïcode, עברית")).toBe("ünïcode, עברית");
});

describe("what is written of a time", () => {
  const moment = new Date("2026-01-31T14:05:09.250Z");
  it.each([
    [absolute(moment, "utc"), "2026-01-31 14:05:09 UTC"],
    [relativeTo(moment, moment.getTime() + 1_000), "just now"],
    [relativeTo(moment, moment.getTime() + 40_000), "40 s ago"],
    [relativeTo(moment, moment.getTime() + 200_000), "3 min ago"],
    [relativeTo(moment, moment.getTime() - 7_200_000), "in 2 h"],
    [relativeTo(moment, moment.getTime() + 3 * 86_400_000), "3 d ago"],
    [duration(0.42), "0.4 ms"],
    [duration(12_500), "12.5 s"],
    [duration(7_500_000), "2 h 5 min"],
    [duration(99 * 3_600_000), "4 d 3 h"],
  ])("is %s", (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe("the type of a schema", () => {
  it.each([
    [{ type: "string", maxLength: 3 }, "string"],
    [{ type: ["integer", "null"] }, "number | null"],
    [{ enum: ["a", "b"] }, '"a" | "b"'],
    [{ const: 1 }, "1"],
    [{ anyOf: [{ type: "string" }, { type: "string", format: "uri" }, { type: "null" }] }, "string | null"],
    [{ type: "array", items: { enum: [1, 2] } }, "(1 | 2)[]"],
    [{ type: "object", additionalProperties: { type: "number" } }, "Record<string, number>"],
    [{ $ref: "#/components/schemas/Problem" }, "Problem"],
    [{}, "unknown"],
    [
      { type: "object", properties: { a: { type: "string" }, b: { type: "null" } }, required: ["a"] },
      '{\n"a": string;\n"b"?: null;\n}',
    ],
  ])("of %j is %s", (schema, type) => {
    expect(schemaType(schema)).toBe(type);
  });
});
