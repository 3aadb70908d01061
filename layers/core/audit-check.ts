import { type AuditEntry, type AuditHead, GENESIS, hashOf, type SealedHead } from "./audit.ts";

export type AuditFaultKind =
  /** An entry is not what was hashed. */
  | "changed"
  /** Entries are gone from between others. */
  | "missing"
  /** An entry stands where another stood. */
  | "reordered"
  /** The end is gone: a sealed head lies beyond it. */
  | "truncated"
  /** Entries are sound in themselves, and not those that others were made after or that were sealed. */
  | "forked";

/** The first place where an audit is not what it was. */
export interface AuditFault {
  position: number;
  kind: AuditFaultKind;
  /** A sentence: what was expected, what is there. */
  message: string;
}

export interface AuditCheck {
  /** The entries that follow those before, in order. @returns the first fault in them, if any */
  add(entries: readonly AuditEntry[]): AuditFault | undefined;
  /** After the last entry. @returns the fault that shows only there, if any */
  end(): AuditFault | undefined;
  /** Of what was checked; none before the first entry. */
  readonly head: AuditHead | undefined;
}

/**
 * Checks an audit page by page from its first entry, trusting nothing but the heads. Sound up to a fault: an
 * entry is taken for good only once its own hash, its link and the heads at its position agree.
 *
 * @param heads sealed outside the store, in any order, from any number of copies
 */
export function verifyChain(heads: readonly SealedHead[]): AuditCheck {
  const sorted = [...heads].sort((a, b) => a.position - b.position);
  const sealedAt = Map.groupBy(sorted, ({ position }) => position);
  let head: AuditEntry | undefined;
  /** Up to where the heads vouch for what was checked. */
  let vouched = 0;

  function faultIn(entry: AuditEntry, page: readonly AuditEntry[]): AuditFault | undefined {
    const expected = (head?.position ?? 0) + 1;
    const fault =
      faultOfPlace(entry, expected) ?? faultOfHash(entry, page) ?? faultOfLink(entry, head?.hash ?? GENESIS);
    if (fault) return fault;
    const sealed = sealedAt.get(entry.position) ?? [];
    const other = sealed.find(({ hash }) => hash !== entry.hash);
    if (other) return rewritten(other, entry, vouched);
    if (sealed.length > 0) vouched = entry.position;
    return undefined;
  }

  return {
    add(entries) {
      for (const entry of entries) {
        const fault = faultIn(entry, entries);
        if (fault) return fault;
        head = entry;
      }
      return undefined;
    },
    end() {
      const last = head?.position ?? 0;
      const beyond = sorted.find(({ position }) => position > last);
      return beyond && truncated(beyond, last);
    },
    get head() {
      return head && { position: head.position, hash: head.hash, recorded_at: head.recorded_at };
    },
  };
}

function faultOfPlace({ position }: AuditEntry, expected: number): AuditFault | undefined {
  if (position === expected) return undefined;
  if (position < expected) {
    const message = `position ${position} comes again, where ${expected} was expected`;
    return { position: expected, kind: "reordered", message };
  }
  const gone = position - 1 === expected ? `${expected} is` : `${expected} to ${position - 1} are`;
  return { position: expected, kind: "missing", message: `${gone} not there: ${position} comes next` };
}

function faultOfHash(entry: AuditEntry, page: readonly AuditEntry[]): AuditFault | undefined {
  const found = hashOf(entry);
  if (found === entry.hash) return undefined;
  const { position, hash } = entry;
  const home = page.find((other) => hashOf({ ...entry, position: other.position }) === hash);
  if (home) {
    const message = `the entry of position ${home.position} stands in its place`;
    return { position, kind: "reordered", message };
  }
  return { position, kind: "changed", message: `its content hashes to ${found}, and it says ${hash}` };
}

function faultOfLink({ position, previous_hash }: AuditEntry, expected: string): AuditFault | undefined {
  if (previous_hash === expected) return undefined;
  const before = position === 1 ? "begin the audit" : `follow ${position - 1}, whose hash is ${expected}`;
  const message = `it does not ${before}: it was made after ${previous_hash}`;
  return { position, kind: "forked", message };
}

function rewritten(sealed: SealedHead, { position, hash }: AuditEntry, vouched: number): AuditFault {
  const where = position === vouched + 1 ? `it` : `something from ${vouched + 1} to here`;
  const message =
    `its hash is ${hash}, and the head sealed at ${sealed.sealed_at} says ${sealed.hash}: ` +
    `${where} was changed and all that follows hashed anew`;
  return { position, kind: "forked", message };
}

function truncated({ position, hash, sealed_at }: SealedHead, last: number): AuditFault {
  const message = `the audit ends at ${last}, and the head sealed at ${sealed_at} is position ${position}, ${hash}`;
  return { position: last + 1, kind: "truncated", message };
}
