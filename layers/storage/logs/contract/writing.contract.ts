import fc from "fast-check";
import { expect, it } from "vitest";
import { type LogEntry, logLevels } from "../port.ts";
import { type Context, entryOf, found, idsOf, MIDNIGHT, newName, SECOND, stored } from "./samples.ts";

export function writingContract(context: Context): void {
  it("answers with an entry as it was written, whatever it has or has not [EDGE-09]", async () => {
    const service = newName("service");
    const full = entryOf({
      service,
      level: "error",
      time: MIDNIGHT + 1,
      correlationId: "c-1",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
      host: "site-7",
      stack: "Error: no\n    at pay (pay.ts:1:2)",
      attributes: { user: { id: 7, tags: ["a", null, true] }, "dotted.key": 1.5, "": "" },
    });
    const bare = entryOf({ service });
    await stored(context, [full, bare]);
    expect(await found(context, { service })).toEqual([full, bare]);
  });

  it("keeps every level", async () => {
    const service = newName("service");
    const entries = logLevels.map((level, i) => entryOf({ service, level, time: MIDNIGHT + i }));
    await stored(context, entries);
    expect(await found(context, { service })).toEqual(entries.toReversed());
  });

  it("stores an entry that is written again once, and keeps the first [BUS-08]", async () => {
    const service = newName("service");
    const first = entryOf({ service, message: "first" });
    await stored(context, [first]);
    await stored(context, [{ ...first, message: "second" }]);
    expect(await found(context, { service })).toEqual([first]);
    expect(await found(context, { service, q: "second" })).toEqual([]);
  });

  it("takes the same entry any number of times in one batch, and keeps the first", async () => {
    const service = newName("service");
    const first = entryOf({ service, message: "first" });
    const other = entryOf({ service, time: MIDNIGHT - SECOND });
    await stored(context, [first, other, { ...first, message: "second" }, other, first]);
    expect(await found(context, { service, from: MIDNIGHT - SECOND })).toEqual([first, other]);
  });

  it("stores the new ones of a batch in which others are there already", async () => {
    const service = newName("service");
    const entries = Array.from({ length: 20 }, (_, i) => entryOf({ service, time: MIDNIGHT + i }));
    await stored(context, entries.slice(5, 10));
    await stored(context, entries);
    expect(idsOf(await found(context, { service }))).toEqual(idsOf(entries.toReversed()));
  });

  it("keeps apart ids that differ in nothing but case, accents or spaces, and times a microsecond apart", async () => {
    const service = newName("service");
    const name = newName("id");
    const ids = ["a", "A", "á", "a\u0301", "a ", "a  ", ""].map((end) => name + end);
    const entries = ids.map((id) => entryOf({ service, id }));
    await stored(context, [...entries, entryOf({ service, id: name, time: MIDNIGHT + 1 })]);
    const stays = await found(context, { service });
    expect(stays).toHaveLength(ids.length + 1);
    expect(new Set(idsOf(stays))).toEqual(new Set(ids));
  });

  it("does nothing about no entries", async () => {
    expect(await context().store.entries.write([])).toEqual([]);
    expect(await context().store.events.write([])).toEqual([]);
  });

  it("ends with the first of every entry, however writes are split, ordered and repeated", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (batches) => {
        const service = newName("service");
        const entries = batches.map((batch) =>
          batch.map(({ id, second, message }) =>
            entryOf({ service, id: service + id, time: MIDNIGHT + second * SECOND, message }),
          ),
        );
        for (const batch of entries) await context().store.entries.write(batch);
        await context().caughtUp();
        const stays = (await found(context, { service })).map(nameOf).sort();
        expect(stays).toEqual([...firstOfEach(entries.flat()).values()].map(nameOf).sort());
      }),
      { numRuns: 30 },
    );
  });
}

const batches = fc.array(
  fc.array(fc.record({ id: fc.constantFrom("a", "b", "c"), second: fc.nat(2), message: fc.string() }), {
    maxLength: 10,
  }),
  { maxLength: 5 },
);

const nameOf = ({ id, time, message }: LogEntry): string => `${time} ${id} ${message}`;

function firstOfEach(entries: readonly LogEntry[]): Map<string, LogEntry> {
  const firsts = new Map<string, LogEntry>();
  for (const entry of entries) {
    const key = `${entry.time} ${entry.id}`;
    if (!firsts.has(key)) firsts.set(key, entry);
  }
  return firsts;
}
