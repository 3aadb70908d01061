import type { DiskFile } from "./disk.ts";
import { codeOf } from "./errors.ts";
import { type FoundRecord, RECORD_HEADER_BYTES, readRecord } from "./record.ts";
import { SEGMENT_HEADER_BYTES } from "./segment.ts";

const CHUNK_BYTES = 256 * 1_024;
/** What a disk fails to read is a sector, or a page. */
const PIECE_BYTES = 4 * 1_024;

interface Piece {
  isRead: boolean;
  bytes: Buffer;
}

/**
 * Walks the sound records of a segment from its beginning, holding a chunk of it at a time. Behind damaged bytes
 * it goes on at the next place where the salt stands and a sound record begins.
 */
export class SegmentScan {
  readonly #file: DiskFile;
  readonly #salt: number;
  readonly #saltBytes: Buffer;
  readonly #chunkBytes: number;
  /** A part of the file, where it begins there, and how far into it we are. */
  #window: Buffer = Buffer.alloc(0);
  #start = SEGMENT_HEADER_BYTES;
  #at = 0;
  /** Passed over since this was last set to 0. */
  damagedBytes = 0;

  constructor(file: DiskFile, salt: number, chunkBytes = CHUNK_BYTES) {
    this.#file = file;
    this.#salt = salt;
    this.#saltBytes = Buffer.alloc(4);
    this.#saltBytes.writeUInt32BE(salt);
    this.#chunkBytes = chunkBytes;
  }

  /** Behind the record returned last, or behind damaged bytes. */
  get offset(): number {
    return this.#start + this.#at;
  }

  /**
   * The next sound record, or `undefined` when `offset` is at the end.
   *
   * @param end where the part of the file ends that may be read; it may grow from call to call
   */
  async next(end: number): Promise<FoundRecord | undefined> {
    while (this.offset < end) {
      const found = readRecord(this.#window, this.#at, this.#salt, end - this.#start);
      if (found === "damaged") this.#skip(end);
      else if ("needed" in found) await this.#fill(found.needed, end);
      else {
        this.#at += found.size;
        return found;
      }
    }
    return undefined;
  }

  async #fill(needed: number, end: number): Promise<void> {
    const length = Math.min(Math.max(needed, this.#chunkBytes), end - this.offset);
    const window = await this.#read(length, this.offset);
    this.#start = this.offset;
    this.#at = 0;
    // Where the file is shorter than it was, what is missing reads as damage.
    const missing = length - window.length;
    this.#window = missing > 0 ? Buffer.concat([window, Buffer.alloc(missing)]) : window;
  }

  /** Where the disk cannot read some of it, that reads as zeros; where it can read nothing, it is away. */
  async #read(length: number, offset: number): Promise<Buffer> {
    try {
      return await this.#file.read(length, offset);
    } catch (error) {
      if (codeOf(error) !== "EIO") throw error;
      const pieces = await this.#readPieces(length, offset);
      if (!pieces.some(({ isRead }) => isRead)) throw error;
      return Buffer.concat(pieces.map(({ bytes }) => bytes));
    }
  }

  async #readPieces(length: number, offset: number): Promise<Piece[]> {
    const pieces: Piece[] = [];
    // On the disk's own borders, so that one bad sector is in one piece.
    let end = offset - (offset % PIECE_BYTES) + PIECE_BYTES;
    for (let at = offset; at < offset + length; at = end, end += PIECE_BYTES) {
      const size = Math.min(end, offset + length) - at;
      const read = await this.#file.read(size, at).catch(() => undefined);
      pieces.push({ isRead: read !== undefined, bytes: read ?? Buffer.alloc(size) });
    }
    return pieces;
  }

  /** To where the salt stands next, as far as the window shows. */
  #skip(end: number): void {
    const found = this.#window.indexOf(this.#saltBytes, this.#at + 1);
    const behind = Math.max(this.#at + 1, this.#window.length - this.#saltBytes.length + 1);
    const candidate = found >= 0 ? found : behind;
    const hasRoom = this.#start + candidate + RECORD_HEADER_BYTES <= end;
    const to = hasRoom ? candidate : end - this.#start;
    this.damagedBytes += to - this.#at;
    this.#at = to;
  }
}
