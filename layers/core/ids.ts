import { createHash, randomBytes, randomUUID } from "node:crypto";

export type IdPrefix = "met" | "rul" | "alr" | "sub" | "key" | "sil";

/** A random id of 80 bits behind its prefix: `key_k3v9…`. Lower-case base 32 without look-alikes. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${base32(randomBytes(10))}`;
}

export const newEventId = (): string => randomUUID();

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (let i = 0; i < (bytes.length * 8) / 5; i++) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}

/** FNV-1a, 32 bits, signed (fits PostgreSQL's `integer`). Stable for ever: partitions and ties rest on it. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}
