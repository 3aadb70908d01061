import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchangeByPrefix, exchangeOf, payloads } from "../core/payloads.ts";
import { bindingsFor, exchangesFor, faultInPattern, matches, topicExchanges } from "./patterns.ts";
import { measurementKeys, topology } from "./topology.ts";

/** Written as a regular expression, which is another way than the one under test. */
function matchesByExpression(pattern: string, key: string): boolean {
  const words = pattern.split(".").map((word) => {
    if (word === "#") return "(?:[^.]+\\.)*";
    return word === "*" ? "[^.]+\\." : `${word}\\.`;
  });
  return new RegExp(`^${words.join("")}$`).test(`${key}.`);
}

// Few words, all that the table of payloads knows among them, so that patterns and keys meet.
const known = [...payloads.map(({ type }) => type), ...exchangeByPrefix.map(([prefix]) => `${prefix}x`)];
const words = [...new Set(known.flatMap((type) => type.split("."))), "data", "received", "06", "y"];
const aWord = fc.constantFrom(...words);
const aKey = fc.array(aWord, { minLength: 1, maxLength: 4 }).map((key) => key.join("."));
const aPattern = fc
  .array(fc.oneof(aWord, fc.constantFrom("*", "#")), { minLength: 1, maxLength: 4 })
  .map((pattern) => pattern.join("."));

/** Every key of up to three of the words: enough to reach each exchange that can be reached at all. */
const upToThree = words.flatMap((a) => [
  a,
  ...words.flatMap((b) => [`${a}.${b}`, ...words.map((c) => `${a}.${b}.${c}`)]),
]);

describe("faultInPattern", () => {
  it.each(["model.registered", "*", "#", "model.*", "#.ready.*", "a-b.c_d:e/f.G7"])("takes %s", (pattern) => {
    expect(faultInPattern(pattern)).toBeUndefined();
  });

  it.each([
    ["", "got nothing"],
    ["model..registered", '"model..registered": word 2 is empty'],
    ["model.", "word 2 is empty"],
    ["mod*.x", 'word 1, "mod*": * and # stand for whole words'],
    ["a.##", 'word 2, "##": * and # stand for whole words'],
    ["a.b c", 'word 2, "b c": expected letters'],
    [`${"a.".repeat(127)}bb`, "expected at most 255 characters, got 256"],
  ])("says what is wrong with %j", (pattern, fault) => {
    expect(faultInPattern(pattern)).toContain(fault);
  });
});

describe("matches", () => {
  it.each([
    ["model.registered", "model.registered", true],
    ["model.registered", "model.registered.twice", false],
    ["model.*", "model.registered", true],
    ["model.*", "model", false],
    ["model.*", "model.a.b", false],
    ["model.#", "model", true],
    ["model.#", "model.a.b", true],
    ["#.ready", "ready", true],
    ["fireflies.*.ready", "fireflies.transcript.ready", true],
    ["#", "anything.at.all", true],
    ["*.#.*", "one", false],
  ])("is asked of %s and %s and says %s", (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected);
  });

  it("means what a regular expression would say", () => {
    fc.assert(
      fc.property(aPattern, aKey, (pattern, key) => {
        expect(matches(pattern, key)).toBe(matchesByExpression(pattern, key));
      }),
      { numRuns: 5_000 },
    );
  });

  it("is quick for patterns of many #", () => {
    expect(matches(`${"#.x.".repeat(40)}y`, "x.".repeat(100).slice(0, -1))).toBe(false);
  });
});

describe("exchangesFor", () => {
  it.each([
    ["fireflies.*.ready", ["domain.events"]],
    ["model.registered", ["models.events"]],
    ["model.*", ["models.events"]],
    ["model.#", ["models.events", "domain.events"]],
    ["api.*", ["metrics.events", "errors.events", "domain.events"]],
    ["api.error", ["errors.events"]],
    ["*", ["domain.events"]],
    ["*.registered", topicExchanges],
    ["telemetry.data.received.06", ["metrics.events"]],
    ["#", topicExchanges],
  ])("of %s are %j [EVT-02]", (pattern, exchanges) => {
    expect(exchangesFor(pattern)).toEqual(exchanges);
  });

  it("are all that a matching event can be published to [EVT-02]", () => {
    fc.assert(
      fc.property(aPattern, aKey, (pattern, type) => {
        if (matches(pattern, type)) expect(exchangesFor(pattern)).toContain(exchangeOf(type));
      }),
      { numRuns: 5_000 },
    );
  });

  it("are none that no matching event can be published to", () => {
    const short = aPattern.filter((pattern) => pattern.split(".").length <= 3);
    fc.assert(
      fc.property(short, (pattern) => {
        const reached = new Set(upToThree.filter((type) => matches(pattern, type)).map(exchangeOf));
        expect(exchangesFor(pattern)).toEqual(topicExchanges.filter((exchange) => reached.has(exchange)));
      }),
      { numRuns: 300 },
    );
  });

  it("are the topology's topic exchanges, without the dead letters'", () => {
    const inTable = topology().exchanges.filter(
      ({ type, name }) => type === "topic" && name !== "dead.letters",
    );
    expect(inTable.map(({ name }) => name)).toEqual(topicExchanges);
  });
});

describe("bindingsFor", () => {
  it.each(["telemetry.data.received", "telemetry.data.*", "*.*.received", "telemetry.#", "#"])(
    "brings the measurements of every partition to who asks for %s",
    (pattern) => {
      const bindings = bindingsFor([pattern]);
      for (const key of measurementKeys(() => true)) {
        const fits = bindings.some((each) => each.exchange === "metrics.events" && matches(each.key, key));
        expect(fits, key).toBe(true);
      }
    },
  );

  it("names each binding once", () => {
    expect(bindingsFor(["model.*", "model.*", "a.b"])).toEqual([
      { exchange: "models.events", key: "model.*" },
      { exchange: "domain.events", key: "a.b" },
    ]);
  });
});
