import type { Operations } from "../../api/operations.ts";

export type AuditEntry = Operations["listAudit"]["answer"]["entries"][number];
export type SealedHead = Operations["listAuditHeads"]["answer"]["heads"][number];

/** What the first entry follows. */
export const GENESIS = "0".repeat(64);

/** JSON with one way only to write a value ("JSON Canonicalization Scheme", RFC 8785), as the audit hashes it. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}

/** SHA-256 over all fields but `hash`. The browser hashes on https and on this machine only. */
export async function hashOf(entry: AuditEntry): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson({ ...entry, hash: undefined }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const canHash = (): boolean => crypto.subtle !== undefined;

export interface Fault {
  position: number;
  /** A sentence: what was expected, what is there. */
  message: string;
}

export interface Checked {
  /** How many are good, from the first. */
  entries: number;
  hash: string;
}

/** The entries that follow what was checked before. @returns the first fault, or what is checked now */
export async function checked(
  entries: readonly AuditEntry[],
  before: Checked,
  sealed: ReadonlyMap<number, readonly SealedHead[]>,
): Promise<Checked | Fault> {
  const hashes = await Promise.all(entries.map(hashOf));
  let { entries: position, hash } = before;
  for (const [i, entry] of entries.entries()) {
    const message = faultOf(entry, position + 1, hash, hashes[i] ?? "", sealed.get(entry.position) ?? []);
    if (message) return { position: position + 1, message };
    position = entry.position;
    hash = entry.hash;
  }
  return { entries: position, hash };
}

function faultOf(
  entry: AuditEntry,
  expected: number,
  previous: string,
  found: string,
  sealed: readonly SealedHead[],
): string | undefined {
  if (entry.position !== expected) return `expected ${expected} here, and ${entry.position} comes`;
  if (found !== entry.hash) return `its content hashes to ${found}, and it says ${entry.hash}`;
  if (entry.previous_hash !== previous) {
    return `it was made after ${entry.previous_hash}, and what stands before it has the hash ${previous}`;
  }
  const other = sealed.find(({ hash }) => hash !== entry.hash);
  return other && `its hash is ${entry.hash}, and the head sealed at ${other.sealed_at} says ${other.hash}`;
}
