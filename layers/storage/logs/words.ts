// What a log entry is found by. Every backend indexes and asks for these words and none of its own making, so that
// the same search finds the same entries everywhere, and nothing in a search is an operator.

const LETTERS = String.raw`[\p{L}\p{N}\p{M}]`;
/** Of scripts that put no spaces between words (as in UAX #29): each character stands for itself. */
const UNSPACED = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`;
const WORD = new RegExp(`[${LETTERS}&&${UNSPACED}]|[${LETTERS}--${UNSPACED}]+`, "gv");

export const WORD_LIMITS = {
  /** A longer one, such as a token in base64, is found by its beginning. In UTF-16 units. */
  longest: 100,
  /** Of all words of an entry: half of what a tsvector takes. What comes later is stored, but not found. */
  bytes: 500_000,
} as const;

/** The words of some texts, each once: runs of letters and digits, in lower case. */
export function wordsOf(texts: Iterable<string>): string[] {
  const words = new Set<string>();
  let bytes = 0;
  for (const text of texts) {
    for (const [found] of folded(text).matchAll(WORD)) {
      const word = found.slice(0, WORD_LIMITS.longest).toWellFormed();
      if (words.has(word)) continue;
      bytes += Buffer.byteLength(word);
      if (bytes > WORD_LIMITS.bytes) return [...words];
      words.add(word);
    }
  }
  return [...words];
}

/** By way of upper case, in which ß and SS, and the two lower-case sigmas, are alike. */
const folded = (text: string): string =>
  text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFC");

/** Every text, number and truth value in parsed JSON, in order, however deep. Keys are none. */
export function textsIn(root: unknown): string[] {
  const texts: string[] = [];
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "object" && value !== null) open.push(...Object.values(value).reverse());
    else if (value !== null && value !== undefined) texts.push(String(value));
  }
  return texts;
}
