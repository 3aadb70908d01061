import type { Operations } from "../../api/operations.ts";
import { checked, type Fault, GENESIS, type SealedHead } from "./chain.ts";

type Page = Operations["listAudit"]["answer"];
type Heads = Operations["listAuditHeads"]["answer"];

export interface Verdict {
  /** Good ones, from the first. */
  entries: number;
  /** Of the last good one. */
  hash: string;
  /** The last position that a sealed head vouches for; 0 without any. */
  sealed: number;
  fault?: Fault;
}

export interface Source {
  page(after: number): Promise<Page>;
  heads(after: number): Promise<Heads>;
  /** Entries checked, and how many there are. */
  report(done: number, total: number): void;
}

/** The heads first: the audit may grow meanwhile, and must not seem to fall behind them. */
export async function verifyAudit(source: Source): Promise<Verdict> {
  const heads = await allHeads(source);
  const sealedAt = Map.groupBy(heads, ({ position }) => position);
  const sealed = Math.max(0, ...sealedAt.keys());
  let sound = { entries: 0, hash: GENESIS };
  for (let after: number | null = 0; after !== null; ) {
    const page: Page = await source.page(after);
    const found = await checked(page.entries, sound, sealedAt);
    if ("message" in found) return { ...sound, sealed, fault: found };
    sound = found;
    source.report(sound.entries, Math.max(sound.entries, page.head?.position ?? 0));
    after = following(after, page.next);
  }
  if (sealed <= sound.entries) return { ...sound, sealed };
  const message = `the audit ends at ${sound.entries}, and a head was sealed at position ${sealed}`;
  return { ...sound, sealed, fault: { position: sound.entries + 1, message } };
}

async function allHeads(source: Source): Promise<SealedHead[]> {
  const heads: SealedHead[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: Heads = await source.heads(after);
    heads.push(...page.heads);
    after = following(after, page.next);
  }
  return heads;
}

/** A page that leads nowhere would be asked for for ever. */
function following(after: number, next: number | null): number | null {
  if (next === null || next > after) return next;
  throw new Error(`expected a page behind ${after} next, got ${next}`);
}
