import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../apps/local/services/run-command.ts";
import { temporaryHome } from "../temporary-home.ts";

const root = join(import.meta.dirname, "../..");

/** The package as others install it. */
export interface Packed {
  readonly tarball: string;
  discard(): Promise<void>;
}

/** Builds and packs in a folder elsewhere, so that the checkout's own `dist` stays as it is. */
export async function pack(): Promise<Packed> {
  const folder = await temporaryHome();
  await runCommand(process.execPath, [join(root, "scripts/build.ts"), join(folder, "dist")], { cwd: root });
  for (const file of ["package.json", "README.md"]) await cp(join(root, file), join(folder, file));
  await runCommand("npm", ["pack", "--silent"], { cwd: folder });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (!tarball) throw new Error(`npm pack left no tarball in ${folder}`);
  return {
    tarball: join(folder, tarball),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A folder in which the package is installed: with an application's own files and dependencies, or alone. */
export async function install(tarball: string, application?: string): Promise<string> {
  const folder = await temporaryHome();
  if (application) await cp(application, folder, { recursive: true });
  else await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quickly = ["--no-audit", "--no-fund", "--prefer-offline"];
  await runCommand("npm", ["install", ...quickly, tarball], { cwd: folder });
  return folder;
}
