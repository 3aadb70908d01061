import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const script = fileURLToPath(new URL("requirements.ts", import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);

it("finds in the names of this project's tests no id that there is not", async () => {
  const { stdout } = await run();
  expect(stdout).toContain("BUS ");
  expect(stdout).not.toContain("in no table");
});

it("looks at a part of the list", async () => {
  const { stdout } = await run("--only", "FR");
  expect(stdout.split("\n")[0]).toMatch(/^FR +\d+ of 20 proved$/);
  expect(stdout).not.toContain("BUS-");
});

it("counts only what passed, where it is given a run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "requirements-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const results = join(folder, "results.json");
  const passed = { ancestorTitles: ["envelope"], title: "is checked [BUS-03]", status: "passed" };
  const failed = { ...passed, title: "is typed [BUS-04]", status: "failed" };
  const testResults = [{ name: "envelope.test.ts", assertionResults: [passed, failed] }];
  await writeFile(results, JSON.stringify({ testResults }));
  const { stdout } = await run("--only", "BUS-03,BUS-04", "--results", results);
  expect(stdout).toMatch(/^BUS +1 of 2 proved/);
  expect(stdout).toContain("BUS-04");
  expect(stdout).not.toContain("BUS-03");
});
