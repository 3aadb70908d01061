import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type DiskBuffer, openBuffer } from "../../layers/buffer/buffer.ts";
import { type Disk, nodeDisk } from "../../layers/buffer/disk.ts";
import { attempt, codeOf, diskError } from "../../layers/buffer/errors.ts";
import type { Clock } from "../../layers/core/clock.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import type { LaneName } from "./lanes.ts";

// On disk, under `buffer.dir`:
//
//   id                      what this place is called in idempotency keys: made once
//   logs/ metrics/ events/  a buffer each (layers/buffer)
//   logs.batches …          how what is in it was sent: forward/journal.ts
//   rejected/               what the platform will never take, as JSON lines
//   sources/<name>/         what a source must remember

/** What is told of the agent itself: a few hundred bytes each, once in a while. */
const EVENTS_BYTES = 8 * 1_024 * 1_024;

/** Of the longest that an entry is kept: so much longer it may stay for the sake of younger ones in its segment. */
const AGE_SHARE = 1 / 16;

export interface StoreOptions {
  directory: string;
  /** Of logs and metrics together. */
  maxBytes: number;
  /** For how long entries are kept, in milliseconds. */
  maxAge: number;
  /** @default the machine's */
  disk?: Disk;
  clock: Clock;
}

/** The lanes' buffers, which share one limit. */
export class Store {
  readonly id: string;
  readonly maxBytes: number;
  readonly buffers: Readonly<Record<LaneName, DiskBuffer>>;
  #appended: (lane: LaneName, count: number) => void = () => {};

  private constructor(id: string, maxBytes: number, buffers: Readonly<Record<LaneName, DiskBuffer>>) {
    this.id = id;
    this.maxBytes = maxBytes;
    this.buffers = buffers;
  }

  /** @throws {UnavailableError} `locked`: another agent has it open; `disk_failed`; what a buffer's opening throws */
  static async open({ directory, maxBytes, maxAge, disk = nodeDisk, clock }: StoreOptions): Promise<Store> {
    await disk.makeDirectory(directory);
    const id = await idIn(directory, disk);
    const opened: DiskBuffer[] = [];
    const open = async (lane: LaneName, limit: number) => {
      const own = { directory: join(directory, lane), maxBytes: limit };
      const buffer = await openBuffer({ ...own, segmentAgeMs: Math.ceil(maxAge * AGE_SHARE), disk, clock });
      opened.push(buffer);
      return buffer;
    };
    try {
      return new Store(id, maxBytes, {
        logs: await open("logs", maxBytes),
        metrics: await open("metrics", maxBytes),
        events: await open("events", EVENTS_BYTES),
      });
    } catch (error) {
      await Promise.all(opened.map((buffer) => buffer.close()));
      throw error;
    }
  }

  /** What logs and metrics take on disk together. */
  get bytes(): number {
    return this.buffers.logs.stats.bytes + this.buffers.metrics.stats.bytes;
  }

  /** @param told of every append that succeeded */
  onAppend(told: (lane: LaneName, count: number) => void): void {
    this.#appended = told;
  }

  /** @throws {UnavailableError} as `DiskBuffer.append` */
  async append(lane: LaneName, records: readonly Buffer[]): Promise<void> {
    if (lane !== "events") this.#expectRoom();
    await this.buffers[lane].append(records);
    this.#appended(lane, records.length);
  }

  /** Finds out whether an append would succeed now. @throws {UnavailableError} */
  async check(): Promise<void> {
    this.#expectRoom();
    await this.buffers.logs.check();
    await this.buffers.metrics.check();
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.buffers).map((buffer) => buffer.close()));
  }

  #expectRoom(): void {
    if (this.bytes < this.maxBytes) return;
    const message = `the buffer holds ${this.bytes} of ${this.maxBytes} bytes`;
    throw new UnavailableError(message, { code: "buffer_full" });
  }
}

const ID = /^[A-Za-z0-9_-]{22}$/;

async function idIn(directory: string, disk: Disk): Promise<string> {
  const path = join(directory, "id");
  const found = await readShort(path, disk);
  if (ID.test(found)) return found;
  // One that a crash left half written was never used.
  await attempt(disk.unlink(path));
  const id = randomBytes(16).toString("base64url");
  const file = await disk.open(path, "create");
  try {
    await file.write(Buffer.from(id), 0);
    await file.sync();
  } finally {
    await attempt(file.close());
  }
  await disk.syncDirectory(directory);
  return id;
}

async function readShort(path: string, disk: Disk): Promise<string> {
  try {
    const file = await disk.open(path, "read");
    try {
      return (await file.read(64, 0)).toString("latin1");
    } finally {
      await attempt(file.close());
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    // Another id would be another agent: the platform could not tell what it has already.
    throw diskError(`reading ${path}`, error);
  }
}
