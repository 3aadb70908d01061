import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Disk, DiskFile } from "./disk.ts";
import { attempt, codeOf, diskError, unlessUnreadable } from "./errors.ts";

// │ crc32 4 │ generation 6 │ mark 6 │, in two slots a disk sector apart. They are written in turn, the generation
// saying which one, so that a write that tears leaves the other.

const SLOT_BYTES = 16;
const SLOT_DISTANCE = 512;

interface Slot {
  generation: number;
  mark: number;
}

/** Keeps the mark on disk. It is written at once and synced only where asked: it may be behind after a power cut. */
export class Ledger {
  readonly #disk: Disk;
  readonly #path: string;
  #file: DiskFile | undefined;
  #generation: number;
  /** `undefined`: it is not known what the disk has. */
  #saved: number | undefined;
  #wanted = 0;
  #saving: Promise<void> | undefined;

  private constructor(disk: Disk, path: string, file?: DiskFile, slot?: Slot) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
    this.#generation = slot?.generation ?? 0;
    this.#saved = slot?.mark;
  }

  /** @returns with the mark as it was found, if it was */
  static async open(disk: Disk, directory: string): Promise<{ ledger: Ledger; mark?: number }> {
    const path = join(directory, "ledger");
    const file = await openIfThere(disk, path);
    const slot = file && (await unlessUnreadable(readSlots(file)));
    return { ledger: new Ledger(disk, path, file, slot), mark: slot?.mark };
  }

  /**
   * Marks asked for meanwhile are written together.
   *
   * @throws {UnavailableError}
   */
  save(mark: number): Promise<void> {
    this.#wanted = mark;
    this.#saving ??= this.#save();
    return this.#saving;
  }

  async sync(): Promise<void> {
    await this.#try(async (file) => file.sync());
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #save(): Promise<void> {
    try {
      // Those of the same turn come along.
      await undefined;
      while (this.#saved !== this.#wanted)
        await this.#write({ generation: this.#generation + 1, mark: this.#wanted });
    } finally {
      // In the same turn as the last look at what is wanted.
      this.#saving = undefined;
    }
  }

  async #write(slot: Slot): Promise<void> {
    await this.#try((file) => file.write(encodeSlot(slot), placeOf(slot)));
    // Only now: after a failure the same slot is written again, and the other one stays as it is.
    this.#generation = slot.generation;
    this.#saved = slot.mark;
  }

  async #try(step: (file: DiskFile) => Promise<void>): Promise<void> {
    try {
      this.#file ??= (await openIfThere(this.#disk, this.#path)) ?? (await this.#create());
      await step(this.#file);
    } catch (error) {
      if (this.#file) await attempt(this.#file.close());
      this.#file = undefined;
      throw diskError(this.#path, error);
    }
  }

  async #create(): Promise<DiskFile> {
    const file = await this.#disk.open(this.#path, "create");
    await this.#disk.syncDirectory(join(this.#path, ".."));
    return file;
  }
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, "write");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function readSlots(file: DiskFile): Promise<Slot | undefined> {
  const contents = await file.read(SLOT_DISTANCE + SLOT_BYTES, 0);
  const slots = [0, SLOT_DISTANCE].flatMap((place) => decodeSlot(contents.subarray(place)) ?? []);
  return slots.sort((a, b) => b.generation - a.generation)[0];
}

const placeOf = ({ generation }: Slot): number => (generation % 2) * SLOT_DISTANCE;

function encodeSlot({ generation, mark }: Slot): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeUIntBE(generation, 4, 6);
  slot.writeUIntBE(mark, 10, 6);
  slot.writeUInt32BE(crc32(slot.subarray(4)), 0);
  return slot;
}

function decodeSlot(bytes: Buffer): Slot | undefined {
  if (bytes.length < SLOT_BYTES) return undefined;
  if (bytes.readUInt32BE(0) !== crc32(bytes.subarray(4, SLOT_BYTES))) return undefined;
  return { generation: bytes.readUIntBE(4, 6), mark: bytes.readUIntBE(10, 6) };
}
