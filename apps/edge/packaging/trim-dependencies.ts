import { readFileSync, writeFileSync } from "node:fs";

// `node trim-dependencies.ts <package.json>` leaves of what the unpacked package depends on what the agent imports:
// some 12 MB instead of 240. `pg` is there for the PostgreSQL source alone.

export const AGENT_PACKAGES = ["cli-progress", "commander", "pg", "yaml", "zod"];

export interface Manifest {
  dependencies: Record<string, string>;
  [key: string]: unknown;
}

/** @throws if the package does not depend on one of them */
export function trimmed({ dependencies, devDependencies: _, ...manifest }: Manifest): Manifest {
  const kept = AGENT_PACKAGES.map((name) => {
    const range = dependencies[name];
    if (range === undefined) throw new Error(`expected a dependency on ${name}`);
    return [name, range];
  });
  return { ...manifest, dependencies: Object.fromEntries(kept) };
}

if (import.meta.main) {
  const [path = "package.json"] = process.argv.slice(2);
  const manifest = trimmed(JSON.parse(readFileSync(path, "utf8")) as Manifest);
  writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
