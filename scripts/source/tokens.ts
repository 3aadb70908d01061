// As much of TypeScript's grammar as it takes to find imports, test titles and `process.env` exactly: what is a
// comment, a text, a template, a regular expression, and what is code.

export interface Token {
  /** `text`: a quoted literal. `mark`: punctuation, a character each, but for `=>`. Numbers are words. */
  kind: "word" | "text" | "template" | "pattern" | "mark";
  /** Of a text or template what it says, `…` standing for each expression in it. */
  value: string;
  line: number;
  /** Of a template: the expressions in it. */
  inner?: Token[];
}

const WORD = /[\p{ID_Continue}$]+/uy;
const BLANK = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|^#![^\n]*/y;
const TEXT = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** After these a slash begins a regular expression; after any other word it divides. */
const BEFORE_PATTERN = new Set(
  "return typeof case in of delete void throw new else do await yield".split(" "),
);

export function tokensOf(source: string): Token[] {
  return new Reader(source).tokens();
}

/** The tokens, and those within templates. */
export function* everyToken(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if (token.inner) yield* everyToken(token.inner);
  }
}

/** Where the bracket that opens at `open` closes. */
export function closing(tokens: readonly Token[], open: number): number {
  const pairs: Record<string, string> = { "(": ")", "[": "]", "{": "}", "<": ">" };
  const opener = tokens[open]?.value ?? "";
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== "mark") continue;
    if (token.value === opener) depth++;
    if (token.value === pairs[opener] && --depth === 0) return at;
  }
  return tokens.length;
}

class Reader {
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  /** Up to the end, or up to the brace that closes the expression of a template. */
  tokens(): Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      while (this.#take(BLANK) !== undefined);
      const char = this.#source[this.#at];
      if (char === undefined || (char === "}" && depth === 0)) return tokens;
      if (char === "{") depth++;
      if (char === "}") depth--;
      tokens.push(this.#token(char, tokens.at(-1)));
    }
  }

  #token(char: string, previous: Token | undefined): Token {
    const line = this.#line;
    const word = this.#take(WORD);
    if (word !== undefined) return { kind: "word", value: word, line };
    if (char === "`") return this.#template();
    const text = this.#take(TEXT);
    if (text !== undefined) return { kind: "text", value: unescaped(text.slice(1, -1)), line };
    const pattern = char === "/" && mayBeginPattern(previous) ? this.#take(PATTERN) : undefined;
    if (pattern !== undefined) return { kind: "pattern", value: pattern, line };
    const value = this.#source.startsWith("=>", this.#at) ? "=>" : char;
    this.#at += value.length;
    return { kind: "mark", value, line };
  }

  #template(): Token {
    const token = { kind: "template" as const, value: "", line: this.#line, inner: [] as Token[] };
    const piece = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
    this.#at++;
    for (;;) {
      token.value += unescaped(this.#take(piece) ?? "");
      const end = this.#source[this.#at];
      this.#at += end === "$" ? 2 : 1;
      if (end !== "$") return token;
      token.inner.push(...this.tokens());
      token.value += "…";
      this.#at++;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#source)?.[0];
    if (!taken) return undefined;
    this.#at += taken.length;
    this.#line += taken.split("\n").length - 1;
    return taken;
  }
}

function mayBeginPattern(previous: Token | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === "word") return BEFORE_PATTERN.has(previous.value);
  return previous.kind === "mark" && previous.value !== ")" && previous.value !== "]";
}

const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_, char: string) => (char === "n" ? "\n" : char));
