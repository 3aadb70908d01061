import { rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { type Amount, type BufferedRecord, type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts } from "./fakes/contents.ts";
import { FailingDisk } from "./fakes/failing-disk.ts";

type Action =
  | { append: number[] }
  | { together: number[] }
  | { read: Amount }
  | { acknowledge: number[] }
  | { dropTo: number }
  | { fail: "write" | "sync" | "create" }
  | "rewind"
  | "reopen";

const lengths = fc.array(fc.nat(120), { minLength: 1, maxLength: 5 });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ append: lengths }) },
  { weight: 2, arbitrary: fc.record({ together: lengths }) },
  { weight: 5, arbitrary: fc.record({ read: fc.record({ records: fc.nat(8), bytes: fc.nat(400) }) }) },
  { weight: 5, arbitrary: fc.record({ acknowledge: fc.array(fc.nat(50), { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ dropTo: fc.nat(2_000) }) },
  { weight: 1, arbitrary: fc.record({ fail: fc.constantFrom("write", "sync", "create") }) },
  { weight: 1, arbitrary: fc.constant<Action>("rewind") },
  { weight: 1, arbitrary: fc.constant<Action>("reopen") },
);

/** The same buffer without a disk. */
class Twin {
  records: { text: string; isDone: boolean }[] = [];
  cursor = 0;

  read({ records, bytes }: Amount): string[] {
    const texts: string[] = [];
    let sum = 0;
    for (let i = this.cursor; i < this.records.length && texts.length < Math.max(1, records); i++) {
      const { text, isDone } = this.records[i] ?? { text: "", isDone: true };
      if (isDone) continue;
      sum += text.length;
      if (texts.length > 0 && sum > bytes) break;
      texts.push(text);
      this.cursor = i + 1;
    }
    return texts;
  }

  get left(): number {
    return this.records.filter(({ isDone }) => !isDone).length;
  }

  drop(count: number): void {
    const oldest = this.records.filter(({ isDone }) => !isDone).slice(0, count);
    for (const record of oldest) record.isDone = true;
  }
}

let home: string;
let runs = 0;

beforeAll(async () => {
  home = await temporaryHome();
});

afterAll(() => rm(home, { recursive: true, force: true }));

it("does what a list in memory would, whatever is done to it in whatever order [EDGE-03]", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const run = await startRun();
      for (const each of actions) await act(run, each);
      await reopen(run);
      expect(textsOf(await run.buffer.read(ALL))).toEqual(run.twin.read(ALL));
      expect(run.buffer.recovery.findings).toEqual([]);
      await run.buffer.close();
    }),
    { numRuns: 150 },
  );
});

interface Run {
  disk: FailingDisk;
  directory: string;
  buffer: DiskBuffer;
  twin: Twin;
  read: BufferedRecord[];
  appended: number;
}

const ALL: Amount = { records: 1e6, bytes: 1e9 };
const open = (directory: string, disk: FailingDisk) =>
  openBuffer({ directory, maxBytes: 4_096, segmentBytes: 300, disk });

async function startRun(): Promise<Run> {
  const [directory, disk] = [join(home, `${runs++}`), new FailingDisk()];
  const buffer = await open(directory, disk);
  return { disk, directory, buffer, twin: new Twin(), read: [], appended: 0 };
}

async function act(run: Run, action: Action): Promise<void> {
  if (action === "rewind") rewind(run);
  else if (action === "reopen") await reopen(run);
  else if ("append" in action) await append(run, action.append);
  else if ("together" in action) await Promise.all(action.together.map((length) => append(run, [length])));
  else if ("read" in action) await read(run, action.read);
  else if ("acknowledge" in action) await acknowledge(run, action.acknowledge);
  else if ("fail" in action) run.disk.fail(action.fail, "EIO");
  else await drop(run, action.dropTo);
  expect(run.buffer.stats.records).toBe(run.twin.left);
  expect(run.buffer.stats.bytes).toBeLessThanOrEqual(4_096);
}

async function append({ buffer, twin, ...run }: Run, lengths: readonly number[]): Promise<void> {
  const texts = lengths.map((length) => `${run.directory}#${length}`.padEnd(length, "x"));
  const failed = await appendTexts(buffer, ...texts).then(() => false, isExpected);
  if (!failed) twin.records.push(...texts.map((text) => ({ text, isDone: false })));
}

async function read({ buffer, twin, read }: Run, limit: Amount): Promise<void> {
  const records = await buffer.read(limit);
  expect(textsOf(records)).toEqual(twin.read(limit));
  read.push(...records);
}

async function acknowledge({ buffer, twin, read }: Run, chosen: readonly number[]): Promise<void> {
  const records = chosen.flatMap((index) => read[index % Math.max(1, read.length)] ?? []);
  await buffer.acknowledge(records).catch(isExpected);
  for (const { position } of records) {
    const record = twin.records[position];
    if (record) record.isDone = true;
  }
}

function rewind({ buffer, twin }: Run): void {
  buffer.rewind();
  twin.cursor = 0;
}

async function reopen(run: Run): Promise<void> {
  run.disk.errors.splice(0);
  await run.buffer.close();
  run.buffer = await open(run.directory, run.disk);
  run.twin.cursor = 0;
  // What was acknowledged beyond the mark comes again after a restart, and is acknowledged again.
  const mark = run.twin.records.findIndex(({ isDone }) => !isDone);
  const again = (await run.buffer.read(ALL)).filter(({ position }) => run.twin.records[position]?.isDone);
  expect(again.every(({ position }) => mark >= 0 && position > mark)).toBe(true);
  await run.buffer.acknowledge(again);
  rewind(run);
}

function isExpected(error: { code: string }): true {
  expect(["buffer_full", "disk_failed"]).toContain(error.code);
  return true;
}

/** Where the mark could not be written it is dropped all the same, and deleted later. */
async function drop({ buffer, twin }: Run, bytes: number): Promise<void> {
  const before = buffer.stats.dropped.records;
  await buffer.dropOldest({ bytes }).catch(isExpected);
  twin.drop(buffer.stats.dropped.records - before);
}

const textsOf = (records: readonly BufferedRecord[]) => records.map(({ body }) => body.toString());
