import * as z from "zod";
import { type Clock, systemClock } from "../core/clock.ts";
import { faultsOf } from "../core/envelope.ts";
import { RefusedError } from "../core/errors.ts";
import type { BufferOptions } from "./buffer.ts";
import { type Disk, nodeDisk } from "./disk.ts";

export type ResolvedOptions = Required<BufferOptions>;

const MEBIBYTE = 1_024 * 1_024;
/** Deletion is by whole segments: a small buffer must have several, too. */
const SEGMENTS_AT_LEAST = 8;

const bytes = z.number().int().positive();

const schema = z.strictObject({
  directory: z.string().min(1),
  maxBytes: bytes.min(4_096),
  segmentBytes: bytes,
  segmentAgeMs: z.number().int().positive(),
  maxRecordBytes: bytes.max(2 ** 31),
  disk: z.custom<Disk>((value) => typeof value === "object" && value !== null, "expected a disk"),
  clock: z.custom<Clock>((value) => typeof value === "object" && value !== null, "expected a clock"),
});

/** @throws {RefusedError} naming each option that is unknown or out of range */
export function resolveOptions(options: BufferOptions): ResolvedOptions {
  const parsed = schema.safeParse({
    segmentBytes: Math.max(1, Math.min(16 * MEBIBYTE, Math.floor(options.maxBytes / SEGMENTS_AT_LEAST))),
    segmentAgeMs: Number.MAX_SAFE_INTEGER,
    maxRecordBytes: 16 * MEBIBYTE,
    disk: nodeDisk,
    clock: systemClock,
    ...options,
  });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(
    400,
    `openBuffer: ${faults.map((f) => `${f.path}: ${f.message}`).join("; ")}`,
    faults,
  );
}
