import { MEASUREMENT_TYPE } from "../core/measurement-event.ts";
import { exchangeByPrefix, exchangeOf, payloads, type TopicExchange } from "../core/payloads.ts";

// Patterns of topic exchanges (AMQP 0-9-1, "The Topic Exchange Type"): words between dots, of which `*` stands for
// exactly one word and `#` for any number of words, none included.

/** As a type's: see the envelope. */
const WORD = /^[A-Za-z0-9_:/-]+$/;
/** A routing key is a `shortstr`. */
const MAX_LENGTH = 255;

/** What is wrong with a pattern, as a sentence that names the word; `undefined` if nothing is. */
export function faultInPattern(pattern: string): string | undefined {
  if (pattern === "") return "expected a pattern of words between dots, got nothing";
  if (pattern.length > MAX_LENGTH) {
    return `expected at most ${MAX_LENGTH} characters, got ${pattern.length}`;
  }
  for (const [i, word] of pattern.split(".").entries()) {
    const where = `"${pattern}": word ${i + 1}`;
    if (word === "") return `${where} is empty`;
    if (word === "*" || word === "#" || WORD.test(word)) continue;
    return /[*#]/.test(word)
      ? `${where}, "${word}": * and # stand for whole words`
      : `${where}, "${word}": expected letters, digits, _, -, : or /`;
  }
  return undefined;
}

/** Whether a topic exchange hands a message of this key to a queue that is bound by this pattern. */
export function matches(pattern: string, key: string): boolean {
  let rests: Rests = new Map([[pattern, pattern.split(".")]]);
  for (const word of key.split(".")) rests = after(rests, word);
  return [...rests.values()].some((rest) => rest.every((each) => each === "#"));
}

/** What may still come by a pattern, in each way that it can have been followed so far. By its own text. */
type Rests = ReadonlyMap<string, readonly string[]>;

function after(rests: Rests, word: string): Rests {
  const next = new Map<string, readonly string[]>();
  for (const rest of rests.values()) {
    for (const each of afterOne(rest, word)) next.set(each.join("."), each);
  }
  return next;
}

function afterOne(rest: readonly string[], word: string): (readonly string[])[] {
  const [head, ...tail] = rest;
  if (head === undefined) return [];
  if (head === "#") return [rest, ...afterOne(tail, word)];
  return head === "*" || head === word ? [tail] : [];
}

/** The exchanges that events are published to. */
export const topicExchanges: readonly TopicExchange[] = [
  "models.events",
  "metrics.events",
  "errors.events",
  "logs.events",
  "domain.events",
];

/**
 * Every topic exchange that an event of a matching type could be published to, and no other:
 * `fireflies.*.ready` is on `domain.events` only, `#` on all. (`model.#` is on `models.events` and on
 * `domain.events`, since the type `model` alone, which `#` allows for, goes there.)
 */
export function exchangesFor(pattern: string): TopicExchange[] {
  const words = pattern.split(".");
  if (!words.some(isWild)) return [exchangeOf(pattern)];
  const found = new Set<TopicExchange>([
    ...payloads.filter(({ type }) => matches(pattern, type)).map(({ exchange }) => exchange),
    ...exchangeByPrefix.flatMap(([prefix]) => exchangesUnder(prefix, words)),
    ...exchangesOfOthers(words),
  ]);
  return topicExchanges.filter((exchange) => found.has(exchange));
}

const isWild = (word: string): boolean => word === "*" || word === "#";

/** Of the types that begin with a prefix and go by it. */
function exchangesUnder(prefix: string, words: readonly string[]): TopicExchange[] {
  const first = prefix.slice(0, -1);
  // At least one word must follow. Where a wildcard is left, so are more types than the table has rows.
  const rests = afterOne(words, first).filter((rest) => rest.length > 0);
  return rests.map((rest) => exchangeOf(`${prefix}${rest.some(isWild) ? "-" : rest.join(".")}`));
}

/** Of the types that have no known prefix. The first word decides; most words are no prefix. */
function exchangesOfOthers(words: readonly string[]): TopicExchange[] {
  const [first = "", ...rest] = words;
  if (isWild(first) || !exchangeByPrefix.some(([prefix]) => prefix === `${first}.`)) {
    return [exchangeOf("-")];
  }
  return rest.every((word) => word === "#") ? [exchangeOf(first)] : [];
}

export interface TopicBinding {
  exchange: TopicExchange;
  key: string;
}

/**
 * What a queue must be bound to in order to get every event of a type that matches one of the patterns.
 * Measurements carry their partition behind their type: who asks for the type gets them all.
 */
export function bindingsFor(patterns: readonly string[]): TopicBinding[] {
  const all = patterns.flatMap((pattern) => [
    ...exchangesFor(pattern).map((exchange) => ({ exchange, key: pattern })),
    ...(matches(pattern, MEASUREMENT_TYPE) && !matches(pattern, ANY_PARTITION)
      ? [{ exchange: exchangeOf(MEASUREMENT_TYPE), key: `${MEASUREMENT_TYPE}.*` }]
      : []),
  ]);
  return [...new Map(all.map((binding) => [`${binding.exchange} ${binding.key}`, binding])).values()];
}

const ANY_PARTITION = `${MEASUREMENT_TYPE}.-`;
