import type * as z from "zod";
import type { AuditHead, SealedHead } from "../../../layers/core/audit.ts";
import { type AuditFault, verifyChain } from "../../../layers/core/audit-check.ts";
import { auditAnswer, auditHeadsAnswer } from "../answers.ts";
import { type Api, ApiError } from "../api.ts";

export interface Verdict {
  ok: boolean;
  /** A line that says it all. */
  message: string;
  /** Good entries, from the first. */
  entries: number;
  /** The last good one. */
  head?: AuditHead;
  /** Sealed heads that the audit was held against. */
  sealed: number;
  fault?: AuditFault;
}

const PAGE = 1_000;

/**
 * Reads the whole audit and works out every hash anew.
 *
 * @param kept heads from elsewhere, beside those that the platform itself sealed
 * @param report entries checked, and how many there are
 */
export async function verifyAudit(
  api: Api,
  kept: readonly SealedHead[],
  report: (done: number, total: number) => void,
): Promise<Verdict> {
  // The heads first: the audit may grow meanwhile, and must not seem to fall behind them.
  const heads = [...kept, ...(await sealedHeads(api))];
  const check = verifyChain(heads);
  let fault: AuditFault | undefined;
  for await (const { entries, head } of pages(api)) {
    fault = check.add(entries);
    if (fault) break;
    report(check.head?.position ?? 0, Math.max(head?.position ?? 0, check.head?.position ?? 0));
  }
  return verdictOf(fault ?? check.end(), check.head, heads);
}

/** All that the platform sealed, by position. */
export async function sealedHeads(api: Api): Promise<SealedHead[]> {
  const heads: SealedHead[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const path = `/api/v1/audit/heads?limit=100&after=${after}`;
    const { body } = await api.call({ method: "GET", path, answer: auditHeadsAnswer });
    heads.push(...body.heads);
    after = following(path, after, body.next);
  }
  return heads;
}

type Page = z.infer<typeof auditAnswer>;

/** The next page is on its way while one is checked. */
async function* pages(api: Api): AsyncGenerator<Page> {
  const load = async (after: number): Promise<Page> => {
    const path = `/api/v1/audit?limit=${PAGE}&after=${after}`;
    const { body } = await api.call({ method: "GET", path, answer: auditAnswer });
    return { ...body, next: following(path, after, body.next) };
  };
  let loading: Promise<Page> | undefined = load(0);
  while (loading) {
    const page: Page = await loading;
    loading = page.next === null ? undefined : load(page.next);
    loading?.catch(() => undefined); // thrown where it is awaited
    yield page;
  }
}

/** A page that leads nowhere would be asked for for ever. */
function following(path: string, after: number, next: number | null): number | null {
  if (next === null || next > after) return next;
  throw new ApiError(`GET ${path}: expected a page behind ${after} next, got ${next}`);
}

function verdictOf(
  fault: AuditFault | undefined,
  head: AuditHead | undefined,
  heads: readonly SealedHead[],
): Verdict {
  const entries = head?.position ?? 0;
  const found = { entries, head, sealed: heads.length };
  if (fault) {
    const message = `position ${fault.position} is wrong: ${fault.kind}: ${fault.message}`;
    return { ok: false, message, ...found, fault };
  }
  const last = heads.reduce((highest, { position }) => Math.max(highest, position), 0);
  const sealing =
    last > 0 ? `sealed up to ${last}` : "nothing is sealed yet, so that a whole forged audit would not show";
  const message = head
    ? `ok: ${entries} ${entries === 1 ? "entry" : "entries"}, head ${head.hash}, recorded at ${head.recorded_at}; ${sealing}`
    : "ok: 0 entries";
  return { ok: true, message, ...found };
}
