import { randomInt } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { UnavailableError } from "../core/errors.ts";

/** What is known of a segment while the buffer is open: nothing of its records but their number. */
export interface Segment {
  readonly name: string;
  /** Rises with every segment; those whose creation failed included. */
  readonly number: number;
  /** The position of its first record. */
  readonly first: number;
  readonly salt: number;
  /** The position behind its last durable record. */
  end: number;
  /** Where its last durable record ends. */
  bytes: number;
  /** Times of its first and its last record; unknown where it has none, or where they are damaged. */
  firstAppendedAt?: number;
  lastAppendedAt?: number;
}

export const SEGMENT_HEADER_BYTES = 12;

const VERSION = 1;
const NAME = /^([0-9a-f]{8})-([0-9a-f]{12})-([0-9a-f]{8})\.segment$/;

export function newSegment(number: number, first: number): Segment {
  const salt = randomInt(2 ** 32);
  const name = `${hex(number, 8)}-${hex(first, 12)}-${hex(salt, 8)}.segment`;
  return { name, number, first, salt, end: first, bytes: SEGMENT_HEADER_BYTES };
}

/** `undefined` for the name of anything else. */
export function segmentOfName(name: string): Segment | undefined {
  const [, number, first, salt] = NAME.exec(name) ?? [];
  if (!number || !first || !salt) return undefined;
  const position = Number.parseInt(first, 16);
  return {
    name,
    number: Number.parseInt(number, 16),
    first: position,
    salt: Number.parseInt(salt, 16),
    end: position,
    bytes: SEGMENT_HEADER_BYTES,
  };
}

export const pathOf = (directory: string, { name }: Segment): string => join(directory, name);

export function segmentHeader(): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  header.write("TBUF", 0, "latin1");
  header.writeUInt16BE(VERSION, 4);
  header.writeUInt32BE(crc32(header.subarray(0, 8)), 8);
  return header;
}

/**
 * A damaged header is no reason to give up the records behind it: only a sound one of another version is.
 *
 * @returns whether it is sound
 * @throws {UnavailableError} `version`
 */
export function checkHeader(header: Buffer, name: string): boolean {
  if (header.length < SEGMENT_HEADER_BYTES) return false;
  if (header.readUInt32BE(8) !== crc32(header.subarray(0, 8))) return false;
  const version = header.readUInt16BE(4);
  if (version === VERSION) return true;
  throw new UnavailableError(`${name}: expected version ${VERSION} of the format, found ${version}`, {
    code: "version",
  });
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
