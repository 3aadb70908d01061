// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are sources
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { closing, everyToken, tokensOf } from "./tokens.ts";

const read = (source: string) => tokensOf(source).map(({ kind, value }) => `${kind} ${value}`);

describe("reading a source as tokens", () => {
  it.each([
    ["words and marks", "a.b => 1_000", ["word a", "mark .", "word b", "mark =>", "word 1_000"]],
    ["texts", `"it's" 'a "b"' "\\"\\\\"`, ["text it's", 'text a "b"', 'text "\\']],
    ["no comment", 'a // "b"\n/* `c` */ d', ["word a", "word d"]],
    ["no hashbang", "#!/usr/bin/env node\na", ["word a"]],
    ["a template as what it says", "`a $b \\` \\${c}`", ["template a $b ` ${c}"]],
    ["a pattern after a mark", '= /["`]\\/[/]/g;', ["mark =", 'pattern /["`]\\/[/]/g', "mark ;"]],
    ["a pattern after return", "return /'/.x", ["word return", "pattern /'/", "mark .", "word x"]],
    ["a division after a value", "a / b / (c) / d", "a / b / ( c ) / d".split(" ").map(kindOf)],
    ["letters beyond ASCII", "größe = ä", ["word größe", "mark =", "word ä"]],
  ])("sees %s", (_, source, tokens) => {
    expect(read(source)).toEqual(tokens);
  });

  it("keeps the expressions of a template apart, however deep", () => {
    const [template, after] = tokensOf("`a${ {b: `c${d}`} }e`;f");
    expect(template).toMatchObject({ kind: "template", value: "a…e" });
    expect([...everyToken(template?.inner ?? [])].map(({ value }) => value)).toEqual([
      "{",
      "b",
      ":",
      "c…",
      "d",
      "}",
    ]);
    expect(after?.value).toBe(";");
  });

  it("counts lines through comments, texts and templates", () => {
    const source = "a /* \n\n */ b\n`\n${\nc}\n`\nd";
    const lines = [...everyToken(tokensOf(source))].map(({ value, line }) => [value.trim(), line]);
    expect(lines).toEqual([
      ["a", 1],
      ["b", 3],
      ["…", 4],
      ["c", 6],
      ["d", 8],
    ]);
  });

  it("finds where a bracket closes", () => {
    const tokens = tokensOf("f((a), [b](c)) + d");
    expect(tokens[closing(tokens, 1) + 1]?.value).toBe("+");
    const generic = tokensOf("each<[a, () => b<c>]>(d)");
    expect(generic[closing(generic, 1) + 1]?.value).toBe("(");
  });

  it("ends, whatever is left open", () => {
    for (const source of ["`a", "`a${b", '"a', "/a", "/* a", "(", "}", "}}"]) tokensOf(source);
    expect(closing(tokensOf("(a"), 0)).toBe(2);
  });

  it("leaves no quote over in any source of this project", () => {
    const root = new URL("../../", import.meta.url).pathname;
    const files = globSync("{bin,lib,functions,layers,apps,scripts,test,bench}/**/*.ts", { cwd: root });
    const strays = files.filter((file) =>
      [...everyToken(tokensOf(readFileSync(root + file, "utf8")))].some(
        ({ kind, value }) => kind === "mark" && "\"'`".includes(value),
      ),
    );
    expect(strays).toEqual([]);
  });
});

function kindOf(value: string): string {
  return `${/\w/.test(value) ? "word" : "mark"} ${value}`;
}
