import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { coverageOf, formatCoverage } from "./requirements/report.ts";
import { readRequirements, within } from "./requirements/requirement-list.ts";
import { passedTests } from "./requirements/results.ts";
import { idsInTables, idsOf, type Mention, titlesIn } from "./requirements/titles.ts";

// Which requirements of docs/requirements.md a test or a benchmark proves: see there.

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

function mentionsInTests(): Mention[] {
  const folders = "{apps,bench,bin,functions,layers,lib,scripts,test}";
  const files = globSync(`${folders}/**/*.{test,contract}.ts`, { cwd: root }).sort();
  return files.flatMap((file) =>
    titlesIn(read(file)).flatMap(({ title, line }) =>
      idsOf(title).map((id) => ({ id, where: `${file}:${line}` })),
    ),
  );
}

function mentionsInBenchmarks(): Mention[] {
  const file = "bench/README.md";
  if (!existsSync(root + file)) return [];
  return idsInTables(read(file)).map(({ id, line }) => ({ id, where: `${file}:${line}` }));
}

/** Of the tests that passed in a run, or of all where no run is given. */
function idsProvedByTests(mentioned: readonly Mention[], results: string | undefined): string[] {
  if (results === undefined) return mentioned.map(({ id }) => id);
  const run: unknown = JSON.parse(readFileSync(results, "utf8"));
  return passedTests(run).flatMap(({ titles }) => titles.flatMap(idsOf));
}

const { values } = parseArgs({ options: { only: { type: "string" }, results: { type: "string" } } });
const all = readRequirements(read("docs/requirements.md"));
const requirements = values.only === undefined ? all : within(all, values.only.split(","));
const inTests = mentionsInTests();
const inBenchmarks = mentionsInBenchmarks();
const coverage = coverageOf({
  requirements,
  known: new Set(all.map(({ id }) => id)),
  mentioned: [...inTests, ...inBenchmarks],
  proved: new Set([...idsProvedByTests(inTests, values.results), ...inBenchmarks.map(({ id }) => id)]),
});
process.stdout.write(formatCoverage(coverage));
process.exitCode = coverage.unknown.length > 0 ? 1 : 0;
