import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { environmentReadsOf, type Import, importsOf } from "../scripts/source/imports.ts";

interface Rule {
  /** A folder or a file. Of several that hold for a file the first does. */
  room: string;
  /** Besides the room itself: the folders and files that it may import from. */
  may: readonly string[];
  /** What it may import from in one way only. */
  only?: readonly { from: string; kind: Import["kind"]; in?: string }[];
  sentence: string;
}

const rules: readonly Rule[] = [
  { room: "layers/core", may: [], sentence: "core is pure and imports no other room" },
  { room: "layers/topology", may: ["layers/core"], sentence: "topology imports core only" },
  { room: "layers/buffer", may: ["layers/core"], sentence: "the disk buffer imports core only" },
  {
    room: "layers/broker",
    may: ["layers/core", "layers/topology", "layers/buffer"],
    sentence: "broker imports core, topology and buffer",
  },
  {
    room: "layers/storage",
    may: ["layers/core", "layers/topology", "layers/buffer"],
    sentence: "storage imports core, topology and buffer, and knows no broker",
  },
  {
    room: "layers/notify",
    may: ["layers/core", "layers/topology", "layers/storage/registry/port"],
    sentence: "notify imports core, topology and the registry's ports, and no store",
  },
  {
    room: "layers/lambda",
    may: ["layers/core", "layers/topology", "layers/broker", "layers/storage", "layers/notify"],
    sentence: "lambda imports core, topology, broker, storage and notify",
  },
  {
    room: "functions/manifest-row.ts",
    may: [],
    only: [{ from: "layers", kind: "type" }],
    sentence: "what a row of the manifest says imports types of the layers and nothing else",
  },
  {
    room: "functions/manifest.ts",
    may: ["functions/manifest-row.ts"],
    sentence: "the manifest is data: it imports what a row says and nothing else",
  },
  {
    room: "functions",
    may: ["layers", "package.json"],
    sentence: "functions import the layers and never an app or the stacks",
  },
  {
    room: "apps/local",
    may: ["functions", "layers", "apps/edge/environment.ts", "package.json"],
    sentence: "the local runtime imports functions, layers, and what the edge agent is started with",
  },
  {
    room: "apps/edge",
    may: ["layers/core", "layers/buffer", "package.json"],
    sentence: "the edge agent imports core and buffer only",
  },
  {
    room: "apps/cli",
    may: [
      "layers/core",
      "layers/topology",
      "layers/broker",
      "layers/lambda/problem.ts",
      "layers/storage/registry/port.ts",
      "lib/environments.ts",
      "package.json",
    ],
    only: [
      { from: "apps/local", kind: "dynamic", in: "apps/cli/up" },
      { from: "apps/edge", kind: "dynamic", in: "apps/cli/edge" },
    ],
    sentence:
      "the command line imports core, topology, broker, the API's words (problems, scopes) and the table of environments, and the local runtime and the edge agent by import() in `up` and `edge` alone",
  },
  { room: "apps/console", may: [], sentence: "the console runs in a browser and imports itself only" },
  {
    room: "lib",
    may: [
      "functions/manifest.ts",
      "functions/manifest-row.ts",
      "functions/manifest-soundness.ts",
      "layers/topology",
      "layers/core",
      "layers/lambda/environment-keys.ts",
    ],
    sentence: "what is deployed imports the two tables and core, and never a handler",
  },
  {
    room: "bin",
    may: ["apps/cli", "lib", "package.json"],
    sentence: "programs start the command line or the stacks",
  },
  {
    room: "scripts",
    may: ["apps", "functions", "layers", "lib", "package.json"],
    sentence: "scripts import anything but tests",
  },
];

/** Where `process.env` may be read: one place per program, and the programs that start others. */
const environmentReaders = [
  "layers/lambda/environment",
  "apps/local/settings.ts",
  // Not settings of ours: where programs and caches are, and what a child process inherits.
  "apps/local/services",
  "apps/cli/settings.ts",
  "apps/edge/settings.ts",
  "lib",
  "bin",
];

interface SourceFile {
  path: string;
  imports: readonly Import[];
}

const isWithin = (path: string, room: string) => path === room || path.startsWith(`${room}/`);
const isTest = (path: string) => /\.(test|contract)\.ts$/.test(path) || /^(test|bench)\//.test(path);
const ruleOf = (path: string) => rules.find(({ room }) => isWithin(path, room));

/** A sentence per import that its room's rule forbids. */
function violations({ path, imports }: SourceFile): string[] {
  if (isTest(path)) return [];
  const rule = ruleOf(path);
  if (!rule) return [`${path}: no rule says what it may import`];
  return imports.flatMap((each) => {
    const target = targetOf(path, each);
    if (target === undefined || isAllowed(rule, path, target, each.kind)) return [];
    return [`${path}:${each.line} imports ${target}: ${rule.sentence}`];
  });
}

/** The path in this repository, or `undefined` for another's package. */
function targetOf(path: string, { specifier }: Import): string | undefined {
  if (specifier === undefined) return "something computed";
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  return /^telemetry-bus(\/|$)/.test(specifier) ? `${specifier}, this package by its name` : undefined;
}

function isAllowed({ room, may, only }: Rule, path: string, target: string, kind: Import["kind"]): boolean {
  if (isTest(target)) return false;
  if (isWithin(target, room)) return !isOtherFunction(path, target);
  const way = only?.find(({ from }) => isWithin(target, from));
  if (way) return kind === way.kind && path.startsWith(way.in ?? "");
  return may.some((other) => isWithin(target, other));
}

/** A function's folder is its own; the files beside the folders belong to all, and may gather their schemas. */
function isOtherFunction(path: string, target: string): boolean {
  const own = /^functions\/([^/]+)\//.exec(path)?.[1];
  const other = /^functions\/([^/]+)\//.exec(target)?.[1];
  if (other === undefined || own === other) return false;
  return own !== undefined || posix.basename(target) !== "schema.ts";
}

const root = fileURLToPath(new URL("..", import.meta.url));
const paths = globSync("{bin,lib,functions,layers,apps,scripts,test,bench}/**/*.{ts,tsx,mts,js,mjs}", {
  cwd: root,
});
const sources = paths.sort().map((path) => ({ path, text: readFileSync(root + path, "utf8") }));
const files = sources.map(({ path, text }): SourceFile => ({ path, imports: importsOf(text) }));

describe("imports go one way", () => {
  it.each(rules.map(({ room, sentence }) => [sentence, room] as const))("%s", (_, room) => {
    const inRoom = files.filter(({ path }) => ruleOf(path)?.room === room);
    expect(inRoom.flatMap(violations)).toEqual([]);
  });

  it("and every room has a rule", () => {
    const without = files.filter(({ path }) => !isTest(path) && !ruleOf(path));
    expect(without.map(({ path }) => path)).toEqual([]);
  });
});

describe("the environment", () => {
  it("is read in one place per program", () => {
    const readers = sources
      .filter(({ path }) => !isTest(path) && !environmentReaders.some((allowed) => isWithin(path, allowed)))
      .flatMap(({ path, text }) =>
        environmentReadsOf(text).map((line) => `${path}:${line} reads process.env`),
      );
    expect(readers).toEqual([]);
  });
});

describe("the rules", () => {
  const check = (path: string, source: string) => violations({ path, imports: importsOf(source) });

  it.each([
    ["layers/core/a.ts", 'import a from "../topology/topology.ts"', "layers/topology/topology.ts"],
    ["layers/core/a.ts", 'import type { A } from "../topology/topology.ts"', "layers/topology/topology.ts"],
    ["layers/topology/a.ts", 'export * from "../broker/bus.ts"', "layers/broker/bus.ts"],
    ["layers/broker/a.ts", 'import a from "../storage/registry/port.ts"', "layers/storage/registry/port.ts"],
    ["layers/storage/registry/a.ts", 'import a from "../../broker/bus.ts"', "layers/broker/bus.ts"],
    ["layers/notify/a.ts", 'import a from "../broker/bus.ts"', "layers/broker/bus.ts"],
    ["layers/lambda/a.ts", 'import a from "../../functions/manifest.ts"', "functions/manifest.ts"],
    ["functions/manifest.ts", 'import { a } from "../layers/core/ids.ts"', "layers/core/ids.ts"],
    ["functions/manifest-row.ts", 'import { type A } from "../layers/core/ids.ts"', "layers/core/ids.ts"],
    ["functions/a/handler.ts", 'import a from "../b/handler.ts"', "functions/b/handler.ts"],
    ["functions/a/handler.ts", 'import a from "../b/schema.ts"', "functions/b/schema.ts"],
    ["functions/all.ts", 'import a from "./b/handler.ts"', "functions/b/handler.ts"],
    ["functions/a/handler.ts", 'import a from "../../apps/local/up.ts"', "apps/local/up.ts"],
    ["apps/cli/up.ts", 'import a from "../local/up.ts"', "apps/local/up.ts"],
    ["apps/cli/tail.ts", 'await import("../local/up.ts")', "apps/local/up.ts"],
    ["apps/cli/edge.ts", 'import { runAgent } from "../edge/run.ts"', "apps/edge/run.ts"],
    ["apps/cli/up.ts", 'await import("../edge/run.ts")', "apps/edge/run.ts"],
    ["apps/edge/a.ts", 'import a from "../../layers/broker/bus.ts"', "layers/broker/bus.ts"],
    [
      "apps/edge/a.ts",
      'import a from "telemetry-bus/publisher"',
      "telemetry-bus/publisher, this package by its name",
    ],
    ["lib/stacks/api.ts", 'import a from "../../functions/a/handler.ts"', "functions/a/handler.ts"],
    ["layers/broker/a.ts", 'import a from "./a.test.ts"', "layers/broker/a.test.ts"],
    ["layers/broker/a.ts", "await import(name)", "something computed"],
  ])("forbid that %s says %j", (path, source, target) => {
    const sentence = ruleOf(path)?.sentence;
    expect(check(path, source)).toEqual([`${path}:1 imports ${target}: ${sentence}`]);
  });

  it.each([
    ["layers/core/a.ts", 'import a from "./b.ts"; import z from "zod"'],
    ["layers/lambda/a.ts", 'import type { A } from "../storage/registry/port.ts"'],
    ["functions/manifest.ts", 'import { get } from "./manifest-row.ts"'],
    ["functions/manifest-row.ts", 'import type { A } from "../layers/storage/registry/port.ts"'],
    ["functions/all.ts", 'import a from "./b/schema.ts"'],
    ["functions/a/handler.ts", 'import a from "./schema.ts"; import b from "../manifest.ts"'],
    ["apps/cli/up.ts", 'await import("../local/up.ts")'],
    ["apps/cli/edge.ts", 'await import("../edge/run.ts")'],
    ["lib/stacks/api.ts", 'import a from "../../functions/manifest.ts"'],
    ["layers/core/a.test.ts", 'import a from "../broker/bus.ts"'],
    ["test/a.ts", 'import a from "../functions/a/handler.ts"'],
  ])("allow that %s says %j", (path, source) => {
    expect(check(path, source)).toEqual([]);
  });

  it("miss no file that they were not written for", () => {
    expect(check("elsewhere/a.ts", "")).toEqual(["elsewhere/a.ts: no rule says what it may import"]);
  });
});
