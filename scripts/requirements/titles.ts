import { closing, type Token, tokensOf } from "../source/tokens.ts";

/** An id in brackets, and where it was read. */
export interface Mention {
  id: string;
  /** `layers/core/envelope.test.ts:12`. */
  where: string;
}

const TESTS = new Set(["describe", "it", "suite", "test"]);
/** `it.each(rows)("title", …)`: the title is in the second pair of brackets. */
const CURRIED = new Set(["each", "for", "runIf", "skipIf"]);
const NOT_RUN = new Set(["skip", "todo"]);

/** The names of the tests in a source, and of the groups they stand in; not of those that never run. */
export function titlesIn(source: string): { title: string; line: number }[] {
  const tokens = tokensOf(source);
  return tokens.flatMap((token, at) => {
    const called = tokens[at - 1]?.value !== "." && token.kind === "word" && TESTS.has(token.value);
    const title = called ? titleAt(tokens, at + 1) : undefined;
    return title === undefined ? [] : [{ title, line: token.line }];
  });
}

/** The ids in brackets at the end of a title: `keeps a device in its partition [BUS-16, FR-004]`. */
export function idsOf(title: string): string[] {
  const list = /(?:^|\s)\[([^[\]]+)\]\s*$/.exec(title)?.[1];
  return list === undefined ? [] : list.split(",").map((id) => id.trim());
}

/** The ids in brackets in the tables of a markdown text. */
export function idsInTables(markdown: string): { id: string; line: number }[] {
  return markdown.split("\n").flatMap((text, index) => {
    if (!text.startsWith("|")) return [];
    const lists = [...text.matchAll(/\[([A-Z][A-Z0-9]*-[^[\]]*)\](?!\()/g)].map(([, list]) => list ?? "");
    return lists.flatMap((list) => list.split(",").map((id) => ({ id: id.trim(), line: index + 1 })));
  });
}

/** Reads on from behind `it`: its modifiers, their arguments, then the title. */
function titleAt(tokens: readonly Token[], start: number): string | undefined {
  let at = start;
  while (tokens[at]?.value === ".") {
    const modifier = tokens[at + 1]?.value ?? "";
    if (NOT_RUN.has(modifier)) return undefined;
    at += 2;
    if (CURRIED.has(modifier)) at = afterArguments(tokens, at);
  }
  return tokens[at]?.value === "(" ? textAt(tokens, at + 1) : undefined;
}

/** Behind type arguments and a pair of brackets, or a template of rows. */
function afterArguments(tokens: readonly Token[], start: number): number {
  const at = tokens[start]?.value === "<" ? closing(tokens, start) + 1 : start;
  return tokens[at]?.kind === "template" ? at + 1 : closing(tokens, at) + 1;
}

/** A literal, or several that are added up. */
function textAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at];
  if (token?.kind !== "text" && token?.kind !== "template") return undefined;
  const rest = tokens[at + 1]?.value === "+" ? textAt(tokens, at + 2) : "";
  return token.value + (rest ?? "…");
}
