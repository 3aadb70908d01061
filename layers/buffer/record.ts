import { crc32 } from "node:zlib";

// │ salt 4 │ crc32 4 │ length 4 │ position 6 │ time 6 │ body … │

export const RECORD_HEADER_BYTES = 24;

const CHECKED_FROM = 8;

export interface RecordHead {
  position: number;
  /** Milliseconds since the Unix epoch. */
  appendedAt: number;
}

export interface FoundRecord extends RecordHead {
  body: Buffer;
  /** With its header. */
  size: number;
}

export const sizeOfRecord = (body: Buffer): number => RECORD_HEADER_BYTES + body.length;

/** @returns the offset behind it */
export function writeRecord(
  target: Buffer,
  offset: number,
  { position, appendedAt }: RecordHead,
  salt: number,
  body: Buffer,
): number {
  const end = offset + sizeOfRecord(body);
  target.writeUInt32BE(salt, offset);
  target.writeUInt32BE(body.length, offset + 8);
  target.writeUIntBE(position, offset + 12, 6);
  target.writeUIntBE(appendedAt, offset + 18, 6);
  target.set(body, offset + RECORD_HEADER_BYTES);
  target.writeUInt32BE(crc32(target.subarray(offset + CHECKED_FROM, end)), offset + 4);
  return end;
}

/**
 * Says of the bytes at an offset: how many more it takes to know; or that no sound record begins there; or the
 * record, whose body shares the memory of `source`.
 *
 * @param limit how many bytes there are at most, those behind `source` included
 */
export function readRecord(
  source: Buffer,
  offset: number,
  salt: number,
  limit: number,
): FoundRecord | "damaged" | { needed: number } {
  if (limit - offset < RECORD_HEADER_BYTES) return "damaged";
  if (source.length - offset < RECORD_HEADER_BYTES) return { needed: RECORD_HEADER_BYTES };
  if (source.readUInt32BE(offset) !== salt) return "damaged";
  const size = RECORD_HEADER_BYTES + source.readUInt32BE(offset + 8);
  if (size > limit - offset) return "damaged";
  if (size > source.length - offset) return { needed: size };
  const checked = source.subarray(offset + CHECKED_FROM, offset + size);
  if (source.readUInt32BE(offset + 4) !== crc32(checked)) return "damaged";
  return {
    position: source.readUIntBE(offset + 12, 6),
    appendedAt: source.readUIntBE(offset + 18, 6),
    body: source.subarray(offset + RECORD_HEADER_BYTES, offset + size),
    size,
  };
}
