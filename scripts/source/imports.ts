import { everyToken, type Token, tokensOf } from "./tokens.ts";

export interface Import {
  /** As it is written; `undefined` where it is computed. */
  specifier: string | undefined;
  /** `type` is gone at run time. An `import { type T }` is not: the module is still loaded. */
  kind: "static" | "type" | "dynamic";
  line: number;
}

/** Every module that a source imports or exports from, and every `import()`. */
export function importsOf(source: string): Import[] {
  const tokens = [...everyToken(tokensOf(source))];
  return tokens.flatMap((token, at) => {
    if (token.kind !== "word" || isMark(tokens[at - 1], ".")) return [];
    if (token.value === "import") return imported(tokens, at);
    return token.value === "export" ? exported(tokens, at) : [];
  });
}

/** Lines that read the process's environment. */
export function environmentReadsOf(source: string): number[] {
  const tokens = [...everyToken(tokensOf(source))];
  return tokens
    .filter(
      (token, at) =>
        (isWord(token, "process") && isEnvironment(tokens.slice(at + 1, at + 4))) ||
        (token.kind === "text" && /^(node:)?process$/.test(token.value) && isWord(tokens[at - 1], "from")),
    )
    .map(({ line }) => line);
}

function imported(tokens: readonly Token[], at: number): Import[] {
  const [next, after] = tokens.slice(at + 1, at + 3);
  const line = tokens[at]?.line ?? 0;
  if (isMark(next, ".")) return [];
  if (isMark(next, "(")) return [{ specifier: literal(after), kind: "dynamic", line }];
  if (next?.kind === "text") return [{ specifier: next.value, kind: "static", line }];
  const from = indexOfFrom(tokens, at + 1);
  // `import type from "./type.ts"` imports a value that is called so.
  const typed = isWord(next, "type") && from !== at + 2 && !isMark(after, ",");
  return [{ specifier: tokens[from + 1]?.value, kind: typed ? "type" : "static", line }];
}

function exported(tokens: readonly Token[], at: number): Import[] {
  const typed = isWord(tokens[at + 1], "type");
  const start = tokens[at + (typed ? 2 : 1)];
  const from = indexOfFrom(tokens, at + 1);
  if (!isMark(start, "*") && !isMark(start, "{")) return [];
  const end = tokens.slice(at, from).findIndex((token) => isMark(token, "}"));
  const reExports = isMark(start, "*") || end === from - at - 1;
  if (!reExports) return [];
  return [
    { specifier: tokens[from + 1]?.value, kind: typed ? "type" : "static", line: tokens[at]?.line ?? 0 },
  ];
}

/** The next `from` with a text behind it. */
function indexOfFrom(tokens: readonly Token[], start: number): number {
  const found = tokens.findIndex(
    (token, at) => at >= start && isWord(token, "from") && tokens[at + 1]?.kind === "text",
  );
  return found < 0 ? tokens.length : found;
}

function literal(token: Token | undefined): string | undefined {
  const isLiteral = token?.kind === "text" || (token?.kind === "template" && token.inner?.length === 0);
  return isLiteral ? token.value : undefined;
}

const isEnvironment = ([first, second, third]: readonly Token[]): boolean =>
  (isMark(first, ".") && isWord(second, "env")) ||
  (isMark(first, "?") && isMark(second, ".") && isWord(third, "env")) ||
  (isMark(first, "[") && second?.value === "env");

const isWord = (token: Token | undefined, value: string): boolean =>
  token?.kind === "word" && token.value === value;
const isMark = (token: Token | undefined, value: string): boolean =>
  token?.kind === "mark" && token.value === value;
