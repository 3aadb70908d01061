import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { UnavailableError } from "../../core/errors.ts";
import type { Spool } from "./port.ts";

/** A place of its own for each test of the suite. */
export interface SpoolBackend {
  /** Empty places come one after the other. */
  next(): Promise<void>;
  /** The spool of the present place, as a process that starts now finds it. The suite closes it. */
  open(): Promise<Spool>;
  discard(): Promise<void>;
  /** Whether several processes may have one place open at a time. */
  shared: boolean;
}

const ALL = { records: 1_000, bytes: 64 * 1_024 * 1_024 };

const record = (text: string): Buffer => Buffer.from(text);
const records = (from: number, to: number): Buffer[] =>
  Array.from({ length: to - from + 1 }, (_, i) => record(`r${from + i}`));
const texts = (given: readonly Buffer[]): string[] => given.map(String);

/** What every backend of the spool must do. */
export function spoolContract(start: () => Promise<SpoolBackend>): void {
  let backend: SpoolBackend;
  const opened: Spool[] = [];

  beforeAll(async () => {
    backend = await start();
  });
  beforeEach(() => backend.next());
  afterEach(() => closeAll());
  afterAll(() => backend.discard());

  const open = async () => {
    const spool = await backend.open();
    opened.push(spool);
    return spool;
  };
  const closeAll = async () => {
    for (const spool of opened.splice(0)) await spool.close();
  };

  /** Drains to the end. */
  async function drained(spool: Spool, limit = ALL): Promise<string[]> {
    const published: string[] = [];
    const publish = async (given: Buffer[]) => void published.push(...texts(given));
    while ((await spool.drain(publish, limit)) > 0);
    return published;
  }

  it("hands out what was put, oldest first, byte for byte, and then no more", async () => {
    const spool = await open();
    const bytes = Buffer.from([0, 255, 10, 13, 0, 1]);
    await spool.put([record("r1"), bytes]);
    await spool.put([record("r3")]);
    const published: Buffer[] = [];
    expect(await spool.drain(async (given) => void published.push(...given), ALL)).toBe(3);
    expect(published).toEqual([record("r1"), bytes, record("r3")]);
    expect(await drained(spool)).toEqual([]);
  });

  it("keeps what was put for a process that starts after this one is gone [BUS-06]", async () => {
    const spool = await open();
    await spool.put(records(1, 3));
    await spool.drain(async () => undefined, { records: 1, bytes: 1 }).catch(() => undefined);
    await spool.put(records(4, 5));
    await closeAll();
    expect((await drained(await open())).slice(-2)).toEqual(["r4", "r5"]);
  });

  it("hands out again what was not published, in the same order [BUS-06]", async () => {
    const spool = await open();
    await spool.put(records(1, 2));
    await spool.put(records(3, 4));
    const away = new UnavailableError("the broker is away", { code: "broker_unavailable" });
    const attempts: string[][] = [];
    const refuse = async (given: Buffer[]) => {
      attempts.push(texts(given));
      throw away;
    };
    await expect(spool.drain(refuse, ALL)).rejects.toBe(away);
    await expect(spool.drain(refuse, ALL)).rejects.toBe(away);
    expect(attempts).toEqual([texts(records(1, 4)), texts(records(1, 4))]);
    expect((await spool.depth()).records).toBe(4);
    expect(await drained(spool)).toEqual(texts(records(1, 4)));
  });

  it("hands out no more than the limit, but at least what was put as one", async () => {
    const spool = await open();
    for (let i = 1; i <= 6; i++) await spool.put([record(`r${i}`)]);
    const rounds: string[][] = [];
    const publish = async (given: Buffer[]) => void rounds.push(texts(given));
    expect(await spool.drain(publish, { ...ALL, records: 4 })).toBe(4);
    expect(await spool.drain(publish, { ...ALL, bytes: 1 })).toBe(1);
    expect(rounds).toEqual([["r1", "r2", "r3", "r4"], ["r5"]]);
    expect(await drained(spool)).toEqual(["r6"]);
  });

  it("says how much waits and since when", async () => {
    const spool = await open();
    expect(await spool.depth()).toMatchObject({ records: 0 });
    expect((await spool.depth()).oldestAt).toBeUndefined();
    const before = Date.now();
    await spool.put(records(1, 3));
    await spool.put(records(4, 5));
    const depth = await spool.depth();
    expect(depth.records).toBe(5);
    expect(depth.bytes).toBeGreaterThanOrEqual(10);
    expect(depth.oldestAt).toBeGreaterThanOrEqual(before - 1_000);
    expect(depth.oldestAt).toBeLessThanOrEqual(Date.now() + 1_000);
    await drained(spool);
    expect(await spool.depth()).toMatchObject({ records: 0 });
    expect((await spool.depth()).oldestAt).toBeUndefined();
  });

  it("loses nothing when it is drained by several at a time, while more is put", async () => {
    const spool = await open();
    const others = backend.shared ? [await open(), await open()] : [spool, spool];
    for (let i = 0; i < 20; i++) await spool.put(records(10 * i, 10 * i + 9));
    const putting = (async () => {
      for (let i = 20; i < 40; i++) await spool.put(records(10 * i, 10 * i + 9));
    })();
    const limit = { ...ALL, records: 30 };
    const first = await Promise.all([spool, ...others].map((each) => drained(each, limit)));
    await putting;
    const published = [...first.flat(), ...(await drained(spool))];
    expect([...new Set(published)].sort()).toEqual(texts(records(0, 399)).sort());
    expect((await spool.depth()).records).toBe(0);
  });

  it("keeps what is put during a drain for the next", async () => {
    const spool = await open();
    await spool.put([record("r1")]);
    const publish = async () => spool.put([record("r2")]);
    expect(await spool.drain(publish, ALL)).toBe(1);
    expect(await drained(spool)).toEqual(["r2"]);
  });

  it("puts nothing of nothing", async () => {
    const spool = await open();
    await spool.put([]);
    expect((await spool.depth()).records).toBe(0);
    expect(await drained(spool)).toEqual([]);
  });
}
