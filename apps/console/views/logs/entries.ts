import type { Operations } from "../../api/operations.ts";

export type Entry = Operations["searchLogs"]["answer"]["entries"][number];

/** Newest first, each once: pages shift while entries arrive. */
export function joined(newer: readonly Entry[], older: readonly Entry[]): readonly Entry[] {
  const known = new Set(newer.map(({ id }) => id));
  const added = older.filter(({ id }) => !known.has(id));
  return added.length === 0 ? newer : [...newer, ...added];
}

/** In chunks whose borders stay where they are while newer entries come: only the first is drawn anew. */
export function chunksOf(entries: readonly Entry[], size: number): readonly Entry[][] {
  const chunks: Entry[][] = [];
  const first = entries.length % size;
  if (first > 0) chunks.push(entries.slice(0, first));
  for (let at = first; at < entries.length; at += size) chunks.push(entries.slice(at, at + size));
  return chunks;
}

export interface Part {
  text: string;
  isHit: boolean;
}

/** The text in parts, those marked that a search looked for: words as the API tells them apart. */
export function marked(text: string, q: string): readonly Part[] {
  const words = q.match(/[\p{L}\p{N}_]+/gu) ?? [];
  if (words.length === 0) return [{ text, isHit: false }];
  const pattern = new RegExp(`(${words.join("|")})`, "giu");
  return text
    .split(pattern)
    .map((part, i) => ({ text: part, isHit: i % 2 === 1 }))
    .filter((part) => part.text !== "");
}
