import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyJson, anyText, storableJson } from "../../test/arbitraries.ts";
import {
  acceptEvent,
  type Door,
  decodeEvent,
  type Event,
  faultsOf,
  identityOf,
  describe as inWords,
  timeOf,
} from "./envelope.ts";
import { PermanentError, RefusedError } from "./errors.ts";

const now = Date.UTC(2025, 11, 26, 12);

/** The example of the bus specification. */
const input = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: "1.0",
  id: "550e8400-e29b-41d4-a716-446655440000",
  source: "/ims/api/models",
  type: "model.registered",
  time: "2025-12-26T12:00:00Z",
  correlation_id: "req-12345",
  datacontenttype: "application/json",
  data: { model_id: "gpt-4", vendor: "openai" },
  ...changes,
});

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(input()).filter(([name]) => !names.includes(name)));

const accept = (event: unknown, door: Partial<Door> = {}) => acceptEvent(event, { now, ...door });

const refusalOf = (event: unknown): RefusedError => {
  try {
    accept(event);
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
  throw new Error("expected a refusal, but the event was accepted");
};

const bodyOf = (event: unknown) => Buffer.from(JSON.stringify(event));

const undecodable = (body: Buffer): PermanentError => {
  try {
    decodeEvent(body);
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error("expected a permanent error, but the body was decoded");
};

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("what the door takes", () => {
  it("takes the specification's own example as it is [BUS-03]", () => {
    expect(accept(input())).toEqual(input());
  });

  it.each([
    ["no data", without("data")],
    ["data null", input({ data: null })],
    ["data that are text", input({ data: "just text" })],
    ["bytes as base64", { ...without("data"), data_base64: "AP8B" }],
    ["an empty base64", { ...without("data"), data_base64: "" }],
    ["a number, a boolean and text as extensions", input({ version: 2, sampled: true, tracestate: "" })],
    ["an offset and a fraction in the time", input({ time: "2025-12-26T13:00:00.123456+01:00" })],
    ["a type of one word", input({ type: "blob" })],
    ["a type with all that it may hold", input({ type: "Acme-1/eu:west.order_line.created" })],
    ["ids of 255 bytes", input({ id: "é".repeat(127), correlation_id: "c".repeat(255) })],
    ["data nested 64 deep", input({ data: nested(64) })],
  ])("takes an event with %s [BUS-03]", (_, event) => {
    expect(accept(event)).toEqual(event);
  });

  it("keeps unknown attributes and passes them on", () => {
    const extensions = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", site: "b1" };
    expect(accept(input(extensions))).toMatchObject(extensions);
  });

  it("takes correlationid for correlation_id, and the latter where both are given", () => {
    const { correlation_id, ...rest } = accept({ ...without("correlation_id"), correlationid: "c-1" });
    expect(correlation_id).toBe("c-1");
    expect(rest).not.toHaveProperty("correlationid");
    expect(accept(input({ correlationid: "other" })).correlation_id).toBe("req-12345");
  });

  it("assigns the time and the correlation id that the sender left out", () => {
    const bare = without("time", "correlation_id");
    expect(accept(bare, { correlationId: "from-header" })).toEqual({
      ...bare,
      time: "2025-12-26T12:00:00Z",
      correlation_id: "from-header",
    });
    expect(accept(bare).correlation_id).not.toBe(accept(bare).correlation_id);
  });

  it("takes null attributes for absent ones", () => {
    const nulls = { time: null, correlation_id: null, subject: null, dataschema: null, userid: null };
    const event = accept(input(nulls), { correlationId: "c" });
    expect(event).toMatchObject({ time: "2025-12-26T12:00:00Z", correlation_id: "c" });
    for (const name of ["subject", "dataschema", "userid"]) expect(event).not.toHaveProperty(name);
  });
});

describe("what the door refuses", () => {
  const infinite = Number.parseFloat("1e999");

  it.each([
    ["id", "is missing", without("id")],
    ["id", "is empty", input({ id: "" })],
    ["id", "is null", input({ id: null })],
    ["id", "is a number", input({ id: 7 })],
    ["id", "is longer than 255 bytes", input({ id: "é".repeat(128) })],
    ["id", "holds NUL", input({ id: "a\u0000b" })],
    ["id", "holds half of a surrogate pair", input({ id: "\ud800" })],
    ["source", "is missing", without("source")],
    ["source", "is empty", input({ source: "" })],
    ["source", "holds a space", input({ source: "two words" })],
    ["source", "is longer than 1,024 characters", input({ source: `/${"a".repeat(1_024)}` })],
    ["type", "is missing", without("type")],
    ["type", "is empty", input({ type: "" })],
    ["type", "holds #", input({ type: "model.#" })],
    ["type", "holds *", input({ type: "model.*" })],
    ["type", "holds a space", input({ type: "model registered" })],
    ["type", "has an empty word within", input({ type: "model..registered" })],
    ["type", "begins with an empty word", input({ type: ".model" })],
    ["type", "ends with an empty word", input({ type: "model." })],
    ["type", "holds letters beyond ASCII", input({ type: "modèle.créé" })],
    ["type", "is too long for a routing key", input({ type: "a".repeat(201) })],
    ["specversion", "is missing", without("specversion")],
    ["specversion", "is unknown", input({ specversion: "0.3" })],
    ["specversion", "is a number", input({ specversion: 1 })],
    ["time", "has no zone", input({ time: "2025-12-26T12:00:00" })],
    ["time", "is on February 30th", input({ time: "2025-02-30T12:00:00Z" })],
    ["time", "is a word", input({ time: "yesterday" })],
    ["time", "is a number", input({ time: 1_766_750_400 })],
    ["time", "is empty", input({ time: "" })],
    ["correlation_id", "is empty", input({ correlation_id: "" })],
    ["correlation_id", "is longer than 255 bytes", input({ correlation_id: "c".repeat(256) })],
    ["datacontenttype", "is empty", input({ datacontenttype: "" })],
    ["subject", "holds a line break", input({ subject: "line\nbreak" })],
    ["data_base64", "is no base64", { ...without("data"), data_base64: "not base64!" }],
    ["data_base64", "is too large", { ...without("data"), data_base64: "A".repeat(4 * 70_000) }],
    ["data_base64", "comes together with data", input({ data_base64: "AP8B" })],
    ["data", "hold 1e999", input({ data: { n: infinite } })],
    ["data", "hold NUL", input({ data: ["a\u0000b"] })],
    ["data", "hold half of a surrogate pair in a key", input({ data: { "\udc00": 1 } })],
    ["data", "are nested 66 deep", input({ data: nested(66) })],
    ["data", "are nested 100,000 deep", input({ data: nested(100_000) })],
    ["data", "are larger than 256 KB", input({ data: "x".repeat(256 * 1_024) })],
    ["data", "are larger once escaped", input({ data: "\u0001".repeat(50_000) })],
    ["data", "are larger as digits", input({ data: new Array(30_000).fill(-1.234567890123456e-300) })],
    ["Subject", "is in upper case", input({ Subject: "upper case" })],
    ["user_id", "holds an underscore", input({ user_id: "underscore" })],
    ["__proto__", "is no name", JSON.parse(JSON.stringify(input()).replace("{", '{"__proto__":"x",'))],
    ["ratio", "is no whole number", input({ ratio: 0.5 })],
    ["big", "is beyond 32 bits", input({ big: 2 ** 31 })],
    ["endless", "is 1e999", input({ endless: infinite })],
    ["list", "is a list", input({ list: [] })],
    ["userid", "holds NUL", input({ userid: "a\u0000b" })],
    ["userid", "holds half of a surrogate pair", input({ userid: "\ud800" })],
    ["userid", "is longer than 8,192 characters", input({ userid: "x".repeat(8_193) })],
  ])("refuses an event whose %s %s, by that name [BUS-03]", (name, _, event) => {
    const { status, faults, message } = refusalOf(event);
    const paths = [...new Set(faults.map(({ path }) => path))];
    expect({ status, paths }).toEqual({ status: 400, paths: [name] });
    expect(message).toContain(`${name}: `);
  });

  it.each([null, undefined, "text", 7, [], [input()]])("refuses %j, which is no object [BUS-03]", (event) => {
    expect(refusalOf(event).message).toBe("expected a CloudEvent, a JSON object");
  });

  it("names every fault at once [BUS-03]", () => {
    const { faults } = refusalOf({ specversion: "2", time: "noon", Extra: 1, data: 1, data_base64: "AA==" });
    expect(faults.map(({ path }) => path).sort()).toEqual(
      ["Extra", "data_base64", "id", "source", "specversion", "time", "type"].sort(),
    );
  });

  it("accepts or refuses whatever comes in, and fails in no other way", () => {
    const attributes = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(input())), anyText(8)), anyJson);
    fc.assert(
      fc.property(fc.oneof(anyJson, attributes, attributes.map(input)), (event) => {
        try {
          accept(event);
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError);
          expect((error as RefusedError).faults.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("what a consumer reads", () => {
  const attributeName = fc.stringMatching(/^[a-z0-9]{1,20}$/).filter((name) => !(name in input()));
  const attribute = fc.oneof(
    fc.stringMatching(/^[ -~é😀]*$/u),
    fc.boolean(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  );

  it("decodes whatever was accepted, unchanged [BUS-03]", () => {
    fc.assert(
      fc.property(fc.dictionary(attributeName, attribute), storableJson, (extensions, data) => {
        const event = accept(input({ ...extensions, data }));
        const written = bodyOf(event);
        expect(decodeEvent(written)).toEqual(JSON.parse(written.toString()));
      }),
    );
  });

  it.each([
    ["no JSON", Buffer.from("{"), "expected JSON"],
    ["nothing", Buffer.alloc(0), "expected JSON"],
    ["a list", Buffer.from("[]"), "not a valid CloudEvent"],
    ["no correlation_id", bodyOf(without("correlation_id")), "correlation_id: "],
    ["no time", bodyOf(without("time")), "time: "],
    ["a wrong type", bodyOf(input({ type: "model.*" })), "type: "],
    [
      "data that would exhaust the stack",
      Buffer.from(
        JSON.stringify(input({ data: 0 })).replace(":0}", `:${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
      ),
      "data: nested deeper than 64 levels",
    ],
  ])("takes a body with %s for one that will never be an event", (_, body, message) => {
    const error = undecodable(body);
    expect(error.code).toBe("undecodable");
    expect(error.message).toContain(message);
  });

  it("reads an event whose data have the size of a whole message", () => {
    const points = new Array(40_000).fill(0.5);
    expect(decodeEvent(bodyOf(input({ data: points }))).data).toEqual(points);
  });
});

describe("identity and time", () => {
  const event = accept(input()) as Event;

  it("tells events of one id apart by their source", () => {
    expect(identityOf(event)).not.toBe(identityOf({ ...event, source: "/other" }));
    expect(identityOf(event)).toBe("/ims/api/models 550e8400-e29b-41d4-a716-446655440000");
  });

  it("writes no two identities alike, since a source holds no space", () => {
    expect(identityOf({ source: "/a", id: "b c" })).toBe(identityOf({ source: "/a b", id: "c" }));
    expect(refusalOf(input({ source: "/a b", id: "c" })).faults).toHaveLength(1);
  });

  it("reads the time in microseconds", () => {
    expect(timeOf({ time: "1970-01-01T00:00:00.000001Z" })).toBe(1);
    expect(() => timeOf({ time: "noon" })).toThrow(PermanentError);
  });
});

it("says of a field that is not there that it is required, and of a wrong one what was expected", () => {
  const schema = z.object({ at: z.string(), size: z.number(), inner: z.object({ id: z.string() }) });
  const { error } = schema.safeParse({ size: "large", inner: {} });
  expect(error && inWords(faultsOf(error, "data"))).toBe(
    "data.at: required; data.size: Invalid input: expected number, received string; data.inner.id: required",
  );
  const nothing = schema.safeParse(undefined);
  expect(nothing.error && inWords(faultsOf(nothing.error))).toBe(
    "Invalid input: expected object, received undefined",
  );
});
