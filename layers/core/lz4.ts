import { RefusedError } from "./errors.ts";

// A reader of the LZ4 frame format (lz4_Frame_format.md 1.6.4), because none of the packages can be told how large
// the result may become. Checksums are passed over: HTTPS has checked the bytes, and the JSON inside is checked next.

const MAGIC = 0x184d2204;
const UNCOMPRESSED = 0x80000000;
const MIN_MATCH = 4;

const flag = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const;

/**
 * @param maxBytes the result may not be larger
 * @throws {RefusedError} 400 not a whole LZ4 frame, 413 larger than `maxBytes`
 */
export function decompressLz4(frame: Buffer, maxBytes: number): Buffer {
  try {
    return readFrame(frame, new Output(maxBytes));
  } catch (cause) {
    if (cause instanceof RefusedError) throw cause;
    throw new RefusedError(400, "not a valid LZ4 frame", [], { cause });
  }
}

function readFrame(frame: Buffer, output: Output): Buffer {
  if (frame.readUInt32LE(0) !== MAGIC) throw new RangeError("not the magic number of an LZ4 frame");
  const flags = frame.readUInt8(4);
  if (flags >> 6 !== 1) throw new RangeError(`unknown version ${flags >> 6}`);
  if (flags & flag.dictionary) throw new RangeError("a frame with a dictionary cannot be read");
  let at = flags & flag.contentSize ? 15 : 7;
  for (let size = frame.readUInt32LE(at); size !== 0; size = frame.readUInt32LE(at)) {
    const length = size & ~UNCOMPRESSED;
    const block = slice(frame, at + 4, length);
    if (size & UNCOMPRESSED) output.literals(block);
    else readBlock(block, output);
    at += 4 + length + (flags & flag.blockChecksum ? 4 : 0);
  }
  return output.done();
}

/** Sequences of literals and a match; the last has literals only. */
function readBlock(block: Buffer, output: Output): void {
  let at = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = block.readUInt8(at++);
    return length;
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const count = extended(token >> 4);
    output.literals(slice(block, at, count));
    at += count;
    if (at === block.length) return;
    const offset = block.readUInt16LE(at);
    at += 2;
    output.match(offset, extended(token & 15) + MIN_MATCH);
  }
}

function slice(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new RangeError("the frame ends too early");
  return bytes.subarray(at, at + length);
}

/** Grows by doubling, to `max` and no further. */
class Output {
  #bytes = Buffer.allocUnsafe(64 * 1_024);
  #length = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  literals(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A match may reach into what it is writing: `abc` with offset 3 and length 9 is `abcabcabc`. */
  match(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length)
      throw new RangeError(`a match ${offset} bytes back is not there`);
    this.#reserve(length);
    for (let done = 0; done < length; ) {
      const chunk = Math.min(length - done, offset + done);
      const from = this.#length - offset;
      this.#bytes.copyWithin(this.#length + done, from, from + chunk);
      done += chunk;
    }
    this.#length += length;
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#max) throw new RefusedError(413, `more than ${this.#max} bytes once decompressed`);
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
