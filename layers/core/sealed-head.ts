import * as z from "zod";
import type { SealedHead } from "./audit.ts";
import { PermanentError } from "./errors.ts";
import { parseTime } from "./time.ts";

// Sealed heads as they are written, and as a copy of them is kept elsewhere: a line of JSON each.

const time = z.string().refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time");

export const sealedHeadSchema = z.strictObject({
  position: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  recorded_at: time,
  sealed_at: time,
});

export const headText = ({ position, hash, recorded_at, sealed_at }: SealedHead): string =>
  JSON.stringify({ position, hash, recorded_at, sealed_at });

/** @param where the text was found. @throws {PermanentError} `unreadable` */
export function headIn(text: string, where: string): SealedHead {
  try {
    return sealedHeadSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${where}: expected a sealed head, got ${JSON.stringify(text.slice(0, 200))}`;
    throw new PermanentError(message, { code: "unreadable", cause });
  }
}

/** Of a file; what a crash cut off is passed over: no part of a head ends with its brace. @throws as `headIn` */
export const headsIn = (text: string, file: string): SealedHead[] =>
  text
    .split("\n")
    .flatMap((line, i) => (line.trimEnd().endsWith("}") ? headIn(line, `${file}:${i + 1}`) : []));
