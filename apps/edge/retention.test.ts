import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FailingDisk } from "../../layers/buffer/fakes/failing-disk.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { Retention } from "./retention.ts";
import { Store } from "./store.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let directory: string;
let disk: FailingDisk;
let store: Store;
let retention: Retention;
let now: number;
let told: unknown[];

beforeEach(async () => {
  directory = await temporaryHome();
  disk = new FailingDisk();
  now = Date.UTC(2026, 10, 28);
  told = [];
  const clock = { now: () => now };
  store = await Store.open({ directory, maxBytes: 100_000_000, maxAge: DAY, disk, clock });
  retention = new Retention({
    ...{ store, maxAge: DAY, clock, logger: silentLogger },
    monotonicMs: () => now,
    tell: async (_, data) => void told.push(data),
  });
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const records = (count: number) => Array.from({ length: count }, (_, i) => Buffer.from(`record ${i}`));

it("keeps nothing for much longer than max_age, however little comes [EDGE-06]", async () => {
  for (let hour = 0; hour < 100; hour++, now += HOUR) {
    await store.append("metrics", records(1));
    await retention.enforce();
    const { oldestAppendedAt = now } = store.buffers.metrics.stats;
    expect(now - oldestAppendedAt).toBeLessThanOrEqual(DAY + 2 * HOUR);
  }
  expect(retention.dropped.get("metrics max_age")).toBeGreaterThan(70);
  expect(store.buffers.metrics.stats.records).toBeGreaterThanOrEqual(23);
});

describe("what is dropped", () => {
  it("is counted and told when the disk fails to note it, too [EDGE-06]", async () => {
    await store.append("logs", records(10));
    await store.append("metrics", records(5));
    now += 2 * DAY;
    disk.fail("write", "EIO");
    await retention.enforce();
    expect(Object.fromEntries(retention.dropped)).toEqual({ "logs max_age": 10, "metrics max_age": 5 });
    expect(told).toMatchObject([
      { buffer: "logs", reason: "max_age", count: 10 },
      { buffer: "metrics", reason: "max_age", count: 5 },
    ]);
    await retention.enforce();
    expect(retention.dropped.get("logs max_age")).toBe(10);
  });

  it("by damage is told with the bytes of each time alone [EDGE-06]", async () => {
    const bytes: number[] = [];
    for (const text of ["record 1", "record 4"]) {
      await store.append("logs", records(5));
      await damageLast(text);
      while ((await store.buffers.logs.read({ records: 100, bytes: 1e6 })).length > 0);
      bytes.push(store.buffers.logs.stats.damaged.bytes);
      await retention.enforce();
      now += HOUR;
    }
    const [first = 0, both = 0] = bytes;
    const damaged = { buffer: "logs", reason: "damaged", count: 1 };
    expect(told).toEqual([
      { ...damaged, bytes: first },
      { ...damaged, bytes: both - first },
    ]);
  });
});

async function damageLast(text: string): Promise<void> {
  const [name = ""] = (await readdir(join(directory, "logs"))).filter((each) => each.endsWith(".segment"));
  const path = join(directory, "logs", name);
  const bytes = await readFile(path);
  bytes.write("X", bytes.lastIndexOf(text));
  await writeFile(path, bytes);
}
