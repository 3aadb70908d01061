import fc from "fast-check";
import { expect, it } from "vitest";
import { storableJson, storableText } from "../../../../test/arbitraries.ts";
import { PermanentError } from "../../../core/errors.ts";
import {
  archived,
  type Context,
  DAY,
  entryOf,
  eventOf,
  found,
  foundEvents,
  MIDNIGHT,
  newName,
  now,
  stored,
  written,
} from "./samples.ts";

export function hostileContract(context: Context): void {
  it.each([
    ["NUL in the message", { message: "a\u0000b" }],
    ["NUL in an attribute's value", { attributes: { a: ["\u0000"] } }],
    ["NUL in an attribute's name", { attributes: { "\u0000": 1 } }],
    ["NUL in the service", { service: "\u0000" }],
    ["half of a surrogate pair", { stack: "\ud800" }],
    ["a time more than a day ahead", { time: now() + 2 * DAY }],
    ["a time that is no whole number", { time: MIDNIGHT + 0.5 }],
    ["a time that is none", { time: Number.NaN }],
    ["a number that is not finite", { attributes: { a: Number.POSITIVE_INFINITY } }],
    ["attributes nested beyond reason", { attributes: { a: nested(100_000) } }],
    ["a message beyond reason", { message: "x".repeat(1_100_000) }],
    ["an id beyond reason", { id: "x".repeat(2_000) }],
  ])("rejects an entry with %s alone, and stores the others of the batch", async (_, content) => {
    const service = newName("service");
    const sound = [1, 2].map((i) => entryOf({ service, id: `${service}-${i}`, time: MIDNIGHT + i }));
    const [first, last] = sound;
    if (!first || !last) throw new Error("expected two entries");
    const rejections = await written(context, [first, entryOf({ service, ...content }), last]);
    expect(rejections).toEqual([{ index: 1, error: expect.any(PermanentError) }]);
    expect(await found(context, { service })).toEqual([last, first]);
  });

  it("rejects an event at fault alone, and says which and why", async () => {
    const source = `/${newName("source")}`;
    const events = [
      eventOf({ source, id: "1" }),
      eventOf({ source, id: "2", data: { a: "\u0000" } }),
      eventOf({ source, id: "3", time: "yesterday" }),
      eventOf({ source, id: "4", at: now() + 2 * DAY }),
      eventOf({ source, id: "5" }),
    ];
    const rejections = await context().store.events.write(events);
    await context().caughtUp();
    expect(rejections.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(rejections[0]?.error.message).toMatch(/^event \S+ 2: .*NUL/);
    const ids = (await foundEvents(context, { source })).map(({ event }) => event.id);
    expect(ids.sort()).toEqual(["1", "5"]);
  });

  it.each([
    ["64 KB of one word", "x".repeat(65_536)],
    ["64 KB of words", Array.from({ length: 10_000 }, (_, i) => `w${i}`).join(" ")],
    ["more words than an index takes", Array.from({ length: 75_000 }, (_, i) => `${i}ﷲﷲ`).join(" ")],
    ["a megabyte of one letter", "x ".repeat(500_000)],
    ["a megabyte of punctuation", "%'\"\\".repeat(250_000).slice(0, 400_000)],
    ["characters of four bytes", "𐐷".repeat(100_000)],
    ["ideographs without spaces", "错误".repeat(50_000)],
  ])("stores a message of %s as it is, and finds it by its first words", async (_, message) => {
    const service = newName("service");
    await stored(context, [entryOf({ service, message: `beginning ${message}` })]);
    const q = `beginning ${message.split(" ").slice(0, 10).join(" ").slice(0, 200)}`;
    const entries = await found(context, { service, q });
    expect(entries.map((entry) => entry.message === `beginning ${message}`)).toEqual([true]);
  });

  it("finds a word that is too long for an index by itself", async () => {
    const service = newName("service");
    const token = "abcdefgh".repeat(100);
    await stored(context, [entryOf({ service, message: token })]);
    expect(await found(context, { service, q: token })).toHaveLength(1);
  });

  it("stores what nobody looks up at any length", async () => {
    const long = "é".repeat(50_000);
    const entry = entryOf({
      service: newName("service"),
      host: long,
      traceId: long,
      spanId: long,
      stack: long,
    });
    await stored(context, [entry]);
    const entries = await found(context, { service: entry.service });
    expect(
      entries.map(({ host, traceId, spanId, stack }) => new Set([host, traceId, spanId, stack])),
    ).toEqual([new Set([long])]);
  });

  it("stores deep, wide and oddly named attributes, and those of changing types", async () => {
    const service = newName("service");
    const attributes: Record<string, unknown>[] = [
      { deep: nested(60) },
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, i])),
      { a: 1 },
      { a: "text" },
      { a: { b: [1, "x", null, { c: true }] } },
      { a: [[]], "a.b": 2, "": 1, " ": 1, _id: "x", __proto: 1, "@timestamp": "no date", "a..b": 1, ".": 1 },
      { long: "y".repeat(40_000) },
      { date: "2026-01-01" },
      { date: "not a date" },
      { number: 1e300, small: 5e-324, big: 2 ** 53, negative: -0.5 },
    ];
    const entries = attributes.map((attributes, i) => entryOf({ service, attributes, time: MIDNIGHT + i }));
    await stored(context, entries);
    expect(await found(context, { service })).toEqual(entries.toReversed());
  });

  it("stores any text and any JSON exactly", async () => {
    await fc.assert(
      fc.asyncProperty(storableText(200), storableText(200), storableJson, async (message, stack, value) => {
        const service = newName("service");
        const attributes = JSON.parse(JSON.stringify({ value }));
        const entry = entryOf({ service, message, stack, host: message, attributes });
        await stored(context, [entry]);
        expect(await found(context, { service })).toEqual([entry]);
      }),
      { numRuns: 40 },
    );
  });

  it("archives any JSON exactly", async () => {
    await fc.assert(
      fc.asyncProperty(storableJson, async (value) => {
        const source = `/${newName("source")}`;
        const archive = eventOf({ source, data: JSON.parse(JSON.stringify(value)) });
        await archived(context, [archive]);
        expect(await foundEvents(context, { source })).toEqual([archive]);
      }),
      { numRuns: 30 },
    );
  });
}

/** So many arrays in each other. */
function nested(levels: number): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}
