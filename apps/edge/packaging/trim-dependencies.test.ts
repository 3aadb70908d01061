import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import { expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { importsOf } from "../../../scripts/source/imports.ts";
import { pack } from "../../../test/packed/pack.ts";
import { runCommand } from "../../local/services/run-command.ts";
import { AGENT_PACKAGES, trimmed } from "./trim-dependencies.ts";

const root = join(import.meta.dirname, "../../..");

/** Packages that are loaded with these files: what only a verb's import() reaches is not. */
function packagesOf(entries: readonly string[]): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  for (const rest = [...entries]; rest.length > 0; ) {
    const file = rest.pop() ?? "";
    if (seen.has(file) || !file.endsWith(".ts")) continue;
    seen.add(file);
    for (const { specifier = "", kind } of importsOf(readFileSync(join(root, file), "utf8"))) {
      if (kind === "type" || specifier.startsWith("node:")) continue;
      if (specifier.startsWith(".")) {
        if (kind === "static") rest.push(posix.join(posix.dirname(file), specifier));
      } else if (kind === "static" || file.startsWith("apps/edge/")) packages.add(specifier);
    }
  }
  return packages;
}

it("knows every package that the command line and the agent load", () => {
  const agent = globSync("apps/edge/**/*.ts", { cwd: root, exclude: ["**/*.test.ts"] });
  const loaded = packagesOf(["bin/telemetry.ts", ...agent]);
  expect([...loaded].filter((name) => !AGENT_PACKAGES.includes(name))).toEqual([]);
});

it("leaves a manifest as it is but for them", () => {
  const { dependencies, devDependencies: _, ...rest } = manifest;
  const { dependencies: kept, ...others } = trimmed(manifest);
  expect(others).toEqual(rest);
  expect(Object.keys(kept)).toEqual(AGENT_PACKAGES);
  expect(dependencies).toMatchObject(kept);
});

it("leaves what the packed package needs to run as an agent, and not the rest of the platform", async () => {
  const packed = await pack();
  const folder = join(packed.tarball, "..", "opt");
  try {
    await mkdir(folder);
    await runCommand("tar", ["-xzf", packed.tarball, "-C", folder, "--strip-components=1"]);
    const trim = join(import.meta.dirname, "trim-dependencies.ts");
    await runCommand(process.execPath, [trim, join(folder, "package.json")]);
    await runCommand("npm", ["install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"], {
      cwd: folder,
    });
    const program = join(folder, "dist/bin/telemetry.js");
    expect(await runCommand(process.execPath, [program, "--version"])).toContain(manifest.version);
    expect(existsSync(join(folder, "node_modules/pg"))).toBe(true);
    expect(existsSync(join(folder, "node_modules/amqplib"))).toBe(false);
  } finally {
    await packed.discard();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
