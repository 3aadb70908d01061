import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";
import { runCommand } from "../../apps/local/services/run-command.ts";

const requirements = join(import.meta.dirname, "requirements.txt");

/**
 * A Python environment of ours in the cache folder, with schemathesis: made on the first call, beside its place, and
 * moved there.
 *
 * @throws if there is no python3 with venv, or its packages cannot be had from PyPI
 */
export async function schemathesisEnvironment(progress: (line: string) => void): Promise<string> {
  const version = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const place = join(defaultCacheDir(), `schemathesis-${version}`);
  if (existsSync(join(place, "complete"))) return place;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}.partial-`);
  try {
    progress(`schemathesis: making a Python environment in ${place}`);
    await runCommand("python3", ["-m", "venv", folder]).catch(explained("python3 with its module venv"));
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    await runCommand(join(folder, "bin/python"), pip).catch(explained("Python 3.11 or newer, and PyPI"));
    await writeFile(join(folder, "complete"), "");
    await rm(place, { recursive: true, force: true });
    await rename(folder, place);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return place;
}

const explained =
  (needed: string) =>
  (cause: Error): never => {
    throw new Error(`the fuzzing of the API runs schemathesis, for which ${needed} must be there`, { cause });
  };
