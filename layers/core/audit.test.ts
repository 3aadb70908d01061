import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuditEntry, canonicalJson, chainOf, GENESIS, hashOf, type SealedHead } from "./audit.ts";
import { verifyChain } from "./audit-check.ts";
import type { Event } from "./envelope.ts";

const recordedAt = "2026-07-07T12:00:00Z";

const eventOf = (n: number): Event => ({
  specversion: "1.0",
  id: `e${n}`,
  source: "/shop",
  type: "model.updated",
  time: "2026-07-07T11:59:00+00:00",
  correlation_id: `c${n}`,
  data: { model_id: "m", n },
});

const chain = (count: number): AuditEntry[] =>
  chainOf(
    Array.from({ length: count }, (_, i) => eventOf(i + 1)),
    { after: undefined, recordedAt },
  );

const sealedFrom = (entries: readonly AuditEntry[], ...positions: number[]): SealedHead[] =>
  positions.map((position) => ({
    position,
    hash: entries[position - 1]?.hash ?? "",
    recorded_at: recordedAt,
    sealed_at: "2026-07-07T13:00:00Z",
  }));

/** The first fault in all of it, fed page by page. */
function check(entries: readonly AuditEntry[], heads: readonly SealedHead[] = [], pageSize = 3) {
  const checking = verifyChain(heads);
  for (let from = 0; from < entries.length; from += pageSize) {
    const fault = checking.add(entries.slice(from, from + pageSize));
    if (fault) return fault;
  }
  return checking.end();
}

/** As one who tampers makes it look sound again. */
function rehashed(entries: readonly AuditEntry[], from: number): AuditEntry[] {
  const events = entries.slice(from - 1).map(({ event }) => event);
  const before = entries[from - 2];
  return [...entries.slice(0, from - 1), ...chainOf(events, { after: before, recordedAt })];
}

const changedAt = (entries: readonly AuditEntry[], position: number): AuditEntry[] =>
  entries.map((entry) =>
    entry.position === position
      ? { ...entry, event: { ...entry.event, data: { model_id: "another" } } }
      : entry,
  );

describe("the canonical form", () => {
  it("is RFC 8785's own example", () => {
    const value = JSON.parse(
      '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],' +
        '"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts names by UTF-16 units, as RFC 8785 does", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const sorted = Object.keys(
      JSON.parse(canonicalJson(Object.fromEntries(names.map((name) => [`-${name}`, 0])))),
    );
    expect(sorted).toEqual(
      ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"].map((n) => `-${n}`),
    );
  });

  it("is the same for any JSON and what is read back of it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const form = canonicalJson(value);
        expect(JSON.parse(form)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(form))).toBe(form);
        expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(form);
      }),
    );
  });
});

describe("the chain", () => {
  it("has a hash that never changes: audits of years are verified with it [BUS-19]", () => {
    const [first, second] = chain(2);
    expect(first?.previous_hash).toBe(GENESIS);
    expect(first?.hash).toBe("19e1ea131c82121390c0d12f1737e1b1401d3106d73907b3019428b4a28a4f75");
    expect(second?.previous_hash).toBe(first?.hash);
    expect(second?.hash).toBe("1bd299b3f4a403e97f98fdb194a9cb8eacee148079418b4951f5b9f1517b37bd");
  });

  it("goes on behind a head as if it had been made in one", () => {
    const whole = chain(5);
    const events = whole.slice(2).map(({ event }) => event);
    expect([...whole.slice(0, 2), ...chainOf(events, { after: whole[1], recordedAt })]).toEqual(whole);
  });
});

describe("verifying", () => {
  const entries = chain(10);
  const heads = sealedFrom(entries, 4, 8);

  it("finds nothing wrong with what is sound, however long its pages are", () => {
    for (const pageSize of [1, 3, 10, 100]) expect(check(entries, heads, pageSize)).toBeUndefined();
    expect(check([])).toBeUndefined();
  });

  it.each<[string, AuditEntry[], object]>([
    ["a changed entry", changedAt(entries, 5), { kind: "changed", position: 5 }],
    [
      "a changed hash",
      entries.map((entry) => (entry.position === 5 ? { ...entry, hash: GENESIS } : entry)),
      { kind: "changed", position: 5 },
    ],
    [
      "one column that was changed",
      entries.map((entry) => (entry.position === 5 ? { ...entry, type: "model.registered" } : entry)),
      { kind: "changed", position: 5 },
    ],
    ["an entry that is gone", entries.toSpliced(4, 1), { kind: "missing", position: 5 }],
    ["entries that are gone", entries.toSpliced(4, 3), { kind: "missing", position: 5 }],
    ["a first entry that is gone", entries.slice(1), { kind: "missing", position: 1 }],
    [
      "two that were swapped",
      entries.map((entry) => {
        const other = { 7: entries[8], 9: entries[6] }[entry.position];
        return other ? { ...other, position: entry.position } : entry;
      }),
      { kind: "reordered", position: 7 },
    ],
    [
      "an entry that comes twice",
      entries.toSpliced(5, 0, ...entries.slice(4, 5)),
      { kind: "reordered", position: 6 },
    ],
    [
      "one changed and hashed anew, with no other",
      [...rehashed(changedAt(entries, 5), 5).slice(0, 5), ...entries.slice(5)],
      { kind: "forked", position: 6 },
    ],
    [
      "an audit that begins behind another",
      chainOf([eventOf(1)], { after: { position: 0, hash: "f".repeat(64) }, recordedAt }),
      { kind: "forked", position: 1 },
    ],
  ])("names %s", (_, wrong, fault) => {
    for (const pageSize of [10, 100]) expect(check(wrong, [], pageSize)).toMatchObject(fault);
    expect(check(wrong, heads, 10)).toMatchObject(fault);
  });

  it("names by the heads what was hashed anew, and what was cut off", () => {
    const forged = rehashed(changedAt(entries, 6), 6);
    expect(check(forged)).toBeUndefined();
    expect(check(forged, heads)).toMatchObject({
      kind: "forked",
      position: 8,
      message: expect.stringContaining("something from 5 to here was changed"),
    });
    expect(check(entries.slice(0, 7))).toBeUndefined();
    expect(check(entries.slice(0, 7), heads)).toMatchObject({ kind: "truncated", position: 8 });
    expect(check([], heads)).toMatchObject({ kind: "truncated", position: 1 });
  });

  it("names a head that contradicts another copy of it", () => {
    const [head] = sealedFrom(entries, 4);
    const other = { ...(head as SealedHead), hash: "f".repeat(64) };
    expect(check(entries, [...heads, other])).toMatchObject({ kind: "forked", position: 4 });
  });

  it("finds whatever single thing is changed anywhere", () => {
    const fields = Object.keys(entries[0] as AuditEntry) as (keyof AuditEntry)[];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.constantFrom(...fields), (position, field) => {
        const other = typeof entries[0]?.[field] === "number" ? 99 : "x";
        const wrong = entries.map((entry) =>
          entry.position === position ? ({ ...entry, [field]: other } as AuditEntry) : entry,
        );
        expect(check(wrong)?.position).toBe(position);
      }),
    );
  });

  it("says that the hash it works out is of every field but itself", () => {
    const [entry] = entries as [AuditEntry];
    expect(hashOf(entry)).toBe(entry.hash);
    expect(hashOf({ ...entry, hash: "anything" } as AuditEntry)).toBe(entry.hash);
  });
});
