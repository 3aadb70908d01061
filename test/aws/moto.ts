import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "../../apps/local/services/ports.ts";
import { launch } from "../../apps/local/services/process.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";
import { runCommand } from "../../apps/local/services/run-command.ts";
import { temporaryHome } from "../temporary-home.ts";

const requirements = join(import.meta.dirname, "requirements.txt");
const READY_MS = 30_000;

export interface Moto {
  /** Where it answers for every service of AWS, for any credentials, in any region. */
  readonly url: string;
  /** The interpreter that has moto, and botocore with AWS's models of its services. */
  readonly python: string;
  stop(): Promise<void>;
}

/**
 * moto's server: AWS as far as it can be had on one machine. It keeps everything in memory.
 *
 * @throws if there is no python3 with venv, or its packages cannot be had from PyPI
 */
export async function startMoto(progress: (line: string) => void): Promise<Moto> {
  const environment = await unpackedMoto(progress);
  const home = await temporaryHome();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const python = join(environment, "bin/python");
  const moto = await launch({
    name: "moto",
    command: python,
    args: ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)],
    // Nothing of the user's own AWS account reaches it.
    env: { PATH: process.env.PATH, HOME: home },
    logFile: join(home, "moto.log"),
  });
  await moto.ready(() => answers(`${url}/moto-api/`), READY_MS);
  return {
    url,
    python,
    async stop() {
      await moto.stop({ signal: "SIGTERM", deadlineMs: 5_000 });
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A Python environment of ours in the cache folder: made on the first call, beside its place, and moved there. */
export async function unpackedMoto(progress: (line: string) => void): Promise<string> {
  const version = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const place = join(defaultCacheDir(), `moto-${version}`);
  if (existsSync(join(place, "complete"))) return place;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}.partial-`);
  try {
    progress(`moto: making a Python environment in ${place}`);
    await runCommand("python3", ["-m", "venv", folder]).catch(explained("python3 with its module venv"));
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--requirement",
      requirements,
    ];
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
    throw new Error(`the tests against AWS run moto, for which ${needed} must be there: ${cause.message}`, {
      cause,
    });
  };

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
