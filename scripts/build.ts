import { execFileSync } from "node:child_process";
import { cp, glob, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buildConsole } from "./console/build-console.ts";

// What others install: Node.js strips no types under node_modules, so the publisher library and the command line
// are emitted as JavaScript with declarations, and the files they read at run time are put beside them, the console among them.
// Into `dist`, or the folder that is given.

const root = join(import.meta.dirname, "..");
const dist = resolve(process.argv[2] ?? join(root, "dist"));

await rm(dist, { recursive: true, force: true });
execFileSync("tsc", ["--project", "tsconfig.build.json", "--outDir", dist], { cwd: root, stdio: "inherit" });
for await (const file of glob("layers/**/*.sql", { cwd: root })) await cp(join(root, file), join(dist, file));
await buildConsole(join(dist, "console"));
