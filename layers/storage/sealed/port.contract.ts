import { afterAll, beforeEach, expect, it } from "vitest";
import type { SealedHead } from "../../core/audit.ts";
import type { SealedHeads } from "./port.ts";

export interface SealedBackend {
  open(): SealedHeads;
  discard(): Promise<void>;
}

export const headAt = (position: number, given: Partial<SealedHead> = {}): SealedHead => ({
  position,
  hash: position.toString(16).padStart(64, "a"),
  recorded_at: "2026-07-07T12:00:00.000001Z",
  sealed_at: "2026-07-07T12:30:00Z",
  ...given,
});

/** What every place for sealed heads must do. @param start an empty one for each test */
export function sealedContract(start: () => Promise<SealedBackend>): void {
  const backends: SealedBackend[] = [];
  let backend: SealedBackend;

  beforeEach(async () => {
    backend = await start();
    backends.push(backend);
  });
  afterAll(async () => {
    for (const each of backends) await each.discard();
  });

  it("is empty at first", async () => {
    const heads = backend.open();
    expect(await heads.newest()).toBeUndefined();
    expect(await heads.list({ after: 0, limit: 10 })).toEqual([]);
  });

  it("gives heads back by position, page by page, to whoever opens it [BUS-19]", async () => {
    const writer = backend.open();
    for (const position of [2, 10, 9, 1_000_000]) await writer.seal(headAt(position));
    const reader = backend.open();
    expect(await reader.newest()).toEqual(headAt(1_000_000));
    expect(await reader.list({ after: 0, limit: 3 })).toEqual([2, 9, 10].map((position) => headAt(position)));
    expect(await reader.list({ after: 10, limit: 3 })).toEqual([headAt(1_000_000)]);
    expect(await reader.list({ after: 1_000_000, limit: 3 })).toEqual([]);
  });

  it("keeps what was sealed first, and takes the same again", async () => {
    const heads = backend.open();
    await heads.seal(headAt(5));
    await heads.seal(headAt(5, { sealed_at: "2026-07-08T00:00:00Z" }));
    expect(await heads.list({ after: 0, limit: 10 })).toEqual([headAt(5)]);
  });

  it("refuses another hash for a position that was sealed, and keeps the first [BUS-19]", async () => {
    const heads = backend.open();
    await heads.seal(headAt(5));
    const other = headAt(5, { hash: "b".repeat(64) });
    await expect(heads.seal(other)).rejects.toMatchObject({
      name: "PermanentError",
      code: "sealed_otherwise",
    });
    expect(await backend.open().newest()).toEqual(headAt(5));
  });
}
