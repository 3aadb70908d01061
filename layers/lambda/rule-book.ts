import { RuleBook } from "../core/alerting/rule-book.ts";
import type { Clock } from "../core/clock.ts";
import { microsOf } from "../core/time.ts";
import type { Rules } from "../storage/registry/port/rules.ts";

/** Even if nothing changed, so that silences that have ended are not looked through for ever. */
const KEPT_MS = 3_600_000;

export interface RuleBookCache {
  /** The rules as they are: a change holds for whatever is evaluated next. @throws {UnavailableError} */
  current(): Promise<RuleBook>;
}

/** A copy of the rules, read again when their revision says that they have changed: one small question per batch. */
export function createRuleBookCache(rules: Pick<Rules, "revision" | "book">, clock: Clock): RuleBookCache {
  let book: RuleBook | undefined;
  let readAt = 0;
  let checking: Promise<RuleBook> | undefined;

  async function check(): Promise<RuleBook> {
    const now = clock.now();
    const current = book && now - readAt < KEPT_MS && book.revision === (await rules.revision());
    if (book && current) return book;
    book = new RuleBook(await rules.book(microsOf(now)));
    readAt = now;
    return book;
  }

  return {
    current() {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      return checking;
    },
  };
}
