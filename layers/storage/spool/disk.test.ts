import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { openDiskSpool } from "./disk.ts";
import { type SpoolBackend, spoolContract } from "./port.contract.ts";

async function diskBackend(): Promise<SpoolBackend> {
  const home = await temporaryHome();
  let place = 0;
  return {
    shared: false,
    async next() {
      place++;
    },
    open: () => openDiskSpool({ directory: join(home, String(place)) }),
    discard: () => rm(home, { recursive: true, force: true }),
  };
}

const ALL = { records: 1_000, bytes: 1_000_000 };

describe("the spool on disk", () => {
  spoolContract(diskBackend);

  it("refuses what does not fit, keeps what it has, and takes more when it is drained", async () => {
    const directory = await temporaryHome();
    const spool = await openDiskSpool({ directory, maxBytes: 64 * 1_024 });
    const piece = Buffer.alloc(4_000, "x");
    let kept = 0;
    const fill = async () => {
      for (; ; kept++) await spool.put([piece]);
    };
    await expect(fill()).rejects.toMatchObject({ code: "buffer_full" });
    expect(kept).toBeGreaterThan(5);
    expect((await spool.depth()).records).toBe(kept);
    let drained = 0;
    for (let round = 1; round > 0; drained += round) round = await spool.drain(async () => undefined, ALL);
    expect(drained).toBe(kept);
    await spool.put([piece]);
    await spool.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("hands out each record once to two drains at a time", async () => {
    const directory = await temporaryHome();
    const spool = await openDiskSpool({ directory });
    const all = Array.from({ length: 50 }, (_, i) => String(i));
    for (const text of all) await spool.put([Buffer.from(text)]);
    const published: string[] = [];
    const publish = async (records: Buffer[]) => void published.push(...records.map(String));
    const limit = { ...ALL, records: 5 };
    await Promise.all(Array.from({ length: 10 }, () => spool.drain(publish, limit)));
    expect(published).toEqual(all);
    await spool.close();
    await rm(directory, { recursive: true, force: true });
  });
});
