import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UnavailableError } from "../../../layers/core/errors.ts";
import { unpackDebianPackages } from "./debian-packages.ts";
import { madeOnce } from "./made-once.ts";
import { runCommand } from "./run-command.ts";

/** RabbitMQ's programs on this machine. */
export interface RabbitMqInstallation {
  /** Where `rabbitmq-server` and `rabbitmqctl` are. */
  readonly scripts: string;
  /** A PATH on which `erl` and `epmd` are. */
  readonly path: string;
  /** Where its shared libraries are, if not with the system's. */
  readonly libraries?: string;
}

/**
 * The folders of the scripts themselves. Debian's own `rabbitmq-server` in the PATH is a wrapper that wants to
 * be root and switches user; Homebrew's is outside the PATH of most.
 */
const scriptFolders = [
  "/usr/lib/rabbitmq/bin",
  "/opt/homebrew/opt/rabbitmq/sbin",
  "/usr/local/opt/rabbitmq/sbin",
];
const programFolders = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin"];

/** What is installed on the machine, if anything is. */
export function installedRabbitMq(): RabbitMqInstallation | undefined {
  const path = [...(process.env.PATH ?? "").split(delimiter), ...programFolders];
  const scripts = [...scriptFolders, ...path].find((folder) => existsSync(join(folder, "rabbitmq-server")));
  return scripts === undefined ? undefined : { scripts, path: path.join(delimiter) };
}

export interface UnpackRabbitMqOptions {
  /** Where unpacked programs are kept from run to run. */
  readonly cacheDir: string;
  readonly progress: (line: string) => void;
}

export function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "telemetry-bus");
}

/**
 * The distribution's packages, unpacked into the cache folder on the first call, once they have proved to
 * work, so that a broken download is never used.
 * @throws if this is neither Debian nor Ubuntu, the packages cannot be had, or RabbitMQ's scripts, which do not
 * quote where they are, could not run there
 */
export async function unpackedRabbitMq({
  cacheDir,
  progress,
}: UnpackRabbitMqOptions): Promise<RabbitMqInstallation> {
  if (/\s/.test(cacheDir)) {
    throw new UnavailableError(
      `RabbitMQ runs from no path with a space in it, as there is in "${cacheDir}": set XDG_CACHE_HOME to another`,
    );
  }
  const place = join(cacheDir, `rabbitmq-${await distribution()}-${process.arch}`);
  await madeOnce(place, async (folder) => {
    const root = await unpackTo(folder, progress);
    progress(`RabbitMQ is kept in ${place}`);
    return root;
  });
  return installationIn(place);
}

async function unpackTo(folder: string, progress: (line: string) => void): Promise<string> {
  const root = await unpackDebianPackages({
    name: "rabbitmq-server",
    always: /^erlang-/,
    folder,
    progress,
  });
  await relocateErlang(root);
  await proveErlangRuns(await installationIn(root));
  return root;
}

/** Erlang's start scripts name the folder that they were built for. They are told to look beside themselves. */
async function relocateErlang(root: string): Promise<void> {
  const erlang = join(root, "usr/lib/erlang");
  const [erts] = (await readdir(erlang)).filter((name) => name.startsWith("erts-"));
  if (!erts) throw new UnavailableError(`expected Erlang's runtime (erts-*) in ${erlang}, found none`);
  for (const script of [join(erlang, "bin/erl"), join(erlang, erts, "bin/erl")]) {
    const text = await readFile(script, "utf8");
    const up = script.includes(`${erts}/bin`) ? "../.." : "..";
    const here = `ROOTDIR="$(cd "$(dirname "$(readlink -f "$0")")/${up}" && pwd)"`;
    await writeFile(
      script,
      text.replace(/ROOTDIR=["']?\/usr\/lib\/erlang["']?/g, () => here),
    );
  }
}

async function proveErlangRuns(installation: RabbitMqInstallation): Promise<void> {
  const script = "{ok, _} = application:ensure_all_started(ssl), halt(0).";
  await runCommand("erl", ["-noshell", "-eval", script], { env: programEnvironment(installation) });
}

async function installationIn(root: string): Promise<RabbitMqInstallation> {
  const libraries = join(root, "usr/lib");
  const triplets = (await readdir(libraries)).filter((name) => name.includes("-linux-"));
  return {
    scripts: join(root, "usr/lib/rabbitmq/bin"),
    path: [join(root, "usr/lib/erlang/bin"), ...programFolders].join(delimiter),
    libraries: triplets.map((name) => join(libraries, name)).join(delimiter),
  };
}

/** What the programs need to be found. Nothing else is inherited: a RABBITMQ_… of the user means another broker. */
export function programEnvironment({ path, libraries }: RabbitMqInstallation): NodeJS.ProcessEnv {
  return { PATH: path, LANG: "C.UTF-8", ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) };
}

/** "debian-12", from os-release(5). */
async function distribution(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(release)?.[1];
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb")) {
    throw new UnavailableError(
      "the packages can be unpacked on Debian and Ubuntu only: this machine has no apt",
    );
  }
  return `${field("ID")}-${field("VERSION_ID") ?? field("VERSION_CODENAME")}`;
}
