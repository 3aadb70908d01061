// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are sources
import { describe, expect, it } from "vitest";
import { environmentReadsOf, importsOf } from "./imports.ts";

const read = (source: string) => importsOf(source).map(({ kind, specifier }) => `${kind} ${specifier}`);

describe("the imports of a source", () => {
  it.each([
    ['import a from "./a.ts";', ["static ./a.ts"]],
    ['import "./a.ts";', ["static ./a.ts"]],
    ['import * as a from "./a.ts";', ["static ./a.ts"]],
    ['import a, { b as c } from "./a.ts";', ["static ./a.ts"]],
    ['import {\n  a,\n  type B,\n} from "./a.ts";', ["static ./a.ts"]],
    ['import { type A } from "./a.ts";', ["static ./a.ts"]],
    ['import data from "./a.json" with { type: "json" };', ["static ./a.json"]],
    ['import type { A } from "./a.ts";', ["type ./a.ts"]],
    ['import type A from "./a.ts";', ["type ./a.ts"]],
    ['import type * as a from "./a.ts";', ["type ./a.ts"]],
    ['import type from "./a.ts";', ["static ./a.ts"]],
    ['import type, { b } from "./a.ts";', ["static ./a.ts"]],
    ['export * from "./a.ts";', ["static ./a.ts"]],
    ['export * as a from "./a.ts";', ["static ./a.ts"]],
    ['export { a as b } from "./a.ts";', ["static ./a.ts"]],
    ['export type { A } from "./a.ts";', ["type ./a.ts"]],
    ['export type * from "./a.ts";', ["type ./a.ts"]],
    ['const a = await import("./a.ts");', ["dynamic ./a.ts"]],
    ["const a = await import(`./a.ts`);", ["dynamic ./a.ts"]],
    ["const a = await import(`./${name}.ts`);", ["dynamic undefined"]],
    ["const a = await import(name);", ["dynamic undefined"]],
    ["const a = `${(await import('./a.ts')).b}`;", ["dynamic ./a.ts"]],
    ['import a from "./a.ts"; import b from "./b.ts";', ["static ./a.ts", "static ./b.ts"]],
  ])("of %j", (source, imports) => {
    expect(read(source)).toEqual(imports);
  });

  it.each([
    "export const from = 1;",
    'export { a };\nconst b = from("./b.ts");',
    'export { a };\nimport_("./a.ts");',
    'export type A = { from: "./a.ts" };',
    "const url = import.meta.url;",
    '// import a from "./a.ts";',
    '/* export * from "./a.ts"; */',
    "const text = 'import a from \"./a.ts\"';",
    'const text = `import a from "./a.ts"`;',
    'client.import("./a.ts");',
  ])("are none in %j", (source) => {
    expect(read(source)).toEqual([]);
  });

  it("tell their lines", () => {
    expect(importsOf('// first\nimport {\n  a,\n} from "./a.ts";\nexport * from "b";')).toEqual([
      { specifier: "./a.ts", kind: "static", line: 2 },
      { specifier: "b", kind: "static", line: 5 },
    ]);
  });
});

describe("reading the environment", () => {
  it.each([
    "const home = process.env.HOME;",
    'const home = process.env["HOME"];',
    "const { HOME } = process.env;",
    'const home = process["env"].HOME;',
    "const home = process?.env.HOME;",
    "const text = `${process.env.HOME}`;",
    "const home = globalThis.process.env.HOME;",
    'import { env } from "node:process";',
    'import process from "process";',
  ])("is seen in %j", (source) => {
    expect(environmentReadsOf(source)).toEqual([1]);
  });

  it.each([
    "process.exit(1);",
    "const env = settings.env;",
    "// process.env.HOME",
    'const text = "process.env.HOME";',
    "const pattern = /process.env/;",
  ])("is not seen in %j", (source) => {
    expect(environmentReadsOf(source)).toEqual([]);
  });
});
