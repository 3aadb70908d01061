import { expect, it } from "vitest";
import { type AuditEntry, GENESIS, hashOf } from "../../../core/audit.ts";
import { verifyChain } from "../../../core/audit-check.ts";
import type { Event } from "../../../core/envelope.ts";
import { microsOf, parseTime } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { Audit, AuditSelection } from "../port.ts";
import { BEFORE_MIDNIGHT, eventOf } from "./samples.ts";

const NOW = microsOf(BEFORE_MIDNIGHT) + 7;
const all: AuditSelection = { order: "oldest", limit: 1_000 };

const numbered = (count: number, prefix = "e") =>
  Array.from({ length: count }, (_, i) => eventOf(`${prefix}${i}`));

const idsOf = (entries: readonly AuditEntry[]) => entries.map(({ event }) => event.id);

async function listed(audit: Audit, given: Partial<AuditSelection> = {}): Promise<string[]> {
  return idsOf((await audit.list({ ...all, ...given })).entries);
}

export function auditContract(open: OpenRegistry): void {
  it("keeps whole events in a chain without gaps, in their order [BUS-19]", async () => {
    const { audit } = open();
    const event = { ...eventOf("e0"), userid: "key_1", time: "2026-07-07T14:30:00.25+02:00" };
    await audit.append([event, ...numbered(2, "f")], NOW);
    await audit.append([eventOf("g")], NOW + 1);
    const { entries, more } = await audit.list(all);
    expect(more).toBe(false);
    expect(idsOf(entries)).toEqual(["e0", "f0", "f1", "g"]);
    expect(entries.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
    const [first, ...others] = entries;
    expect(first).toEqual({
      position: 1,
      recorded_at: "2026-07-07T23:59:50.000007Z",
      source: "/shop",
      id: "e0",
      type: "model.registered",
      time: "2026-07-07T12:30:00.250Z",
      correlation_id: "c-1",
      userid: "key_1",
      event,
      previous_hash: GENESIS,
      hash: hashOf(first as AuditEntry),
    });
    expect(others.map(({ userid }) => userid)).toEqual([null, null, null]);
    const check = verifyChain([]);
    expect(check.add(entries)).toBeUndefined();
    expect(await audit.head()).toEqual(check.head);
    expect(await audit.head(4)).toEqual(check.head);
    expect((await audit.head(2))?.hash).toBe(others[0]?.hash);
  });

  it("has neither entries nor a head before the first event", async () => {
    const { audit } = open();
    expect(await audit.append([], NOW)).toBe(0);
    expect(await audit.list(all)).toEqual({ entries: [], more: false });
    expect(await audit.head()).toBeUndefined();
    expect(await audit.head(1)).toBeUndefined();
  });

  it("keeps an event once, in one batch, in two and years later [BUS-19]", async () => {
    const { audit } = open();
    expect(await audit.append([eventOf("a"), eventOf("b"), eventOf("a")], NOW)).toBe(2);
    expect(await audit.append([eventOf("b"), eventOf("c")], NOW)).toBe(1);
    expect(await audit.append([eventOf("a")], NOW + microsOf(5 * 365 * 86_400_000))).toBe(0);
    expect(await listed(audit)).toEqual(["a", "b", "c"]);
  });

  it("keeps two events that share an id and not their source [BUS-19]", async () => {
    const { audit } = open();
    const events = ["/shop", "/shop/2"].map((source) => ({ ...eventOf("1"), source }));
    expect(await audit.append(events, NOW)).toBe(2);
    expect(await listed(audit, { source: "/shop/2" })).toEqual(["1"]);
  });

  it("keeps one chain whoever writes at the same time [BUS-19]", async () => {
    const writers = [open().audit, open().audit];
    const batches = Array.from({ length: 20 }, (_, batch) => numbered(7, `b${batch}-`));
    await Promise.all(
      writers.flatMap((audit, i) =>
        (i === 0 ? batches : batches.toReversed()).map((batch) => audit.append(batch, NOW)),
      ),
    );
    const { entries } = await open().audit.list(all);
    const check = verifyChain([]);
    expect(check.add(entries)).toBeUndefined();
    expect(check.head?.position).toBe(140);
    expect(idsOf(entries).sort()).toEqual(
      batches
        .flat()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("keeps whatever an event may hold, so that its hash can be worked out again [BUS-19]", async () => {
    const { audit } = open();
    const data = {
      "": [-0, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53, Number.MAX_VALUE],
      texts: ["\u0000", "\ud800", "€", "\u2028", '\\" {}', "NULL"],
      é: null,
      Z: { b: [], a: {} },
      ...JSON.parse('{"__proto__": {"x": 1}}'),
    };
    const long = "€".repeat(1_024);
    const events: Event[] = [
      { ...eventOf("odd"), data },
      { ...eventOf("long"), source: long, correlation_id: "€".repeat(85), data: undefined },
      { ...eventOf("bytes"), data: undefined, data_base64: "AAEC" },
      { ...eventOf("far"), time: "9999-12-31T23:59:59.999999Z" },
      { ...eventOf("early"), time: "0001-01-01T00:00:00Z" },
    ];
    expect(await audit.append(events, NOW)).toBe(5);
    const { entries } = await audit.list(all);
    expect(verifyChain([]).add(JSON.parse(JSON.stringify(entries)))).toBeUndefined();
    expect(entries[0]?.event).toEqual(JSON.parse(JSON.stringify(events[0])));
    expect(await listed(audit, { source: long })).toEqual(["long"]);
  });

  it("gives pages by position, in both directions", async () => {
    const { audit } = open();
    await audit.append(numbered(5), NOW);
    expect(await audit.list({ ...all, limit: 2 })).toMatchObject({ more: true });
    expect(await listed(audit, { limit: 2, after: 2 })).toEqual(["e2", "e3"]);
    expect(await audit.list({ ...all, limit: 2, after: 3 })).toMatchObject({ more: false });
    expect(await listed(audit, { order: "newest", limit: 2 })).toEqual(["e4", "e3"]);
    expect(await listed(audit, { order: "newest", limit: 9, after: 4 })).toEqual(["e2", "e1", "e0"]);
    expect(await listed(audit, { after: 5 })).toEqual([]);
  });

  it("gives less than asked for where entries are large, and never nothing", async () => {
    const { audit } = open();
    const large = (id: string, bytes: number): Event => ({ ...eventOf(id), data: "x".repeat(bytes) });
    await audit.append([large("a", 2_000_000), large("b", 900_000), large("c", 900_000)], NOW);
    await audit.append([large("d", 5_000_000), eventOf("e")], NOW);
    expect(await listed(audit)).toEqual(["a", "b"]);
    expect(await listed(audit, { after: 2 })).toEqual(["c"]);
    expect(await listed(audit, { after: 3 })).toEqual(["d"]);
    const last = await audit.list({ ...all, after: 4 });
    expect([idsOf(last.entries), last.more]).toEqual([["e"], false]);
  });

  it("selects by type, source, correlation id and the event's own time, each and together", async () => {
    const { audit } = open();
    await audit.append(
      [
        { ...eventOf("a"), type: "model.updated" },
        { ...eventOf("b"), source: "/other" },
        { ...eventOf("c"), correlation_id: "c-2", time: "2026-07-07T12:31:00Z" },
        { ...eventOf("d"), source: "/other", correlation_id: "c-2" },
      ],
      NOW,
    );
    const at = (time: string) => parseTime(`2026-07-07T${time}Z`);
    expect(await listed(audit, { type: "model.updated" })).toEqual(["a"]);
    expect(await listed(audit, { source: "/other" })).toEqual(["b", "d"]);
    expect(await listed(audit, { correlationId: "c-2" })).toEqual(["c", "d"]);
    expect(await listed(audit, { from: at("12:30:30") })).toEqual(["c"]);
    expect(await listed(audit, { from: at("12:30:00"), to: at("12:31:00") })).toEqual(["a", "b", "d"]);
    expect(await listed(audit, { source: "/other", correlationId: "c-2" })).toEqual(["d"]);
    expect(await listed(audit, { source: "' OR true --" })).toEqual([]);
    expect(await audit.list({ ...all, source: "/other", limit: 1 })).toMatchObject({ more: true });
  });

  it("adds nothing when one event of the batch is refused", async () => {
    const { audit } = open();
    const refused = { ...eventOf("bad"), source: "a\u0000b" };
    await expect(audit.append([eventOf("good"), refused], NOW)).rejects.toMatchObject({
      code: "data_refused",
    });
    expect(await audit.head()).toBeUndefined();
  });
}
