import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";

export interface UnpackOptions {
  readonly name: string;
  /** Packages of the closure that are unpacked even if the machine has them, since they must be of one piece. */
  readonly always: RegExp;
  /** An empty folder of ours; `root` in it gets the packages' files. */
  readonly folder: string;
  readonly progress: (line: string) => void;
}

/**
 * Unpacks a package of Debian or Ubuntu, with what it depends on and the machine lacks, without installing
 * anything: no root, no service started, nothing outside the folder. apt checks the signatures.
 * @returns the folder to be taken for `/`
 */
export async function unpackDebianPackages({
  name,
  always,
  folder,
  progress,
}: UnpackOptions): Promise<string> {
  const lists = join(folder, "apt");
  const packages = join(folder, "packages");
  const root = join(folder, "root");
  for (const each of [`${lists}/state/lists/partial`, `${lists}/cache/archives/partial`, packages, root]) {
    await mkdir(each, { recursive: true });
  }
  const apt = aptOptions(lists);
  progress("reading the distribution's package lists");
  // A third party's source that cannot be reached, or a hook that wants root, does not matter here: if it does,
  // the next step says what is missing.
  await runCommand("apt-get", ["update", ...apt]).catch((error: Error) => progress(error.message));
  const needed = await neededPackages(apt, name, always);
  progress(`downloading ${needed.length} packages (${name} and what it needs)`);
  await runCommand("apt-get", ["download", ...needed, ...apt], { cwd: packages });
  progress("unpacking them");
  for (const file of await readdir(packages))
    await runCommand("dpkg-deb", ["-x", join(packages, file), root]);
  return root;
}

/** Lists and caches of our own: the system's may be missing, stale, or not ours to write. */
function aptOptions(folder: string): string[] {
  const options = {
    "Dir::State": `${folder}/state`,
    "Dir::State::status": "/var/lib/dpkg/status",
    "Dir::Cache": `${folder}/cache`,
    // As root, apt would download as a user of its own, who cannot write here.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    "Acquire::Retries": "2",
    "Acquire::http::Timeout": "20",
    "Acquire::https::Timeout": "20",
  };
  return Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
}

async function neededPackages(apt: readonly string[], name: string, always: RegExp): Promise<string[]> {
  const install = await runCommand("apt-get", [
    ...apt,
    "--simulate",
    "--no-install-recommends",
    "install",
    name,
  ]);
  const missing = Array.from(install.matchAll(/^Inst (\S+)/gm), ([, each]) => each ?? "");
  // The closure stands at the beginning of lines; what each depends on is indented below it.
  const closure = await runCommand("apt-cache", ["depends", name, "--recurse", "--important", ...apt]);
  const whole = closure.split("\n").filter((line) => always.test(line));
  return [...new Set([...missing, ...whole])].sort();
}
