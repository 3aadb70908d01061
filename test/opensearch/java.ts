import { execFile } from "node:child_process";
import { lstat, readdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { madeOnce } from "../../apps/local/services/made-once.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";

/** From OpenSearch 2's first to the last with a security manager, which it insists on (JEP 486). */
const OLDEST = 11;
const NEWEST = 23;

/**
 * A Java that runs OpenSearch 2: JAVA_HOME's, the PATH's, or Debian's package unpacked into the cache folder.
 *
 * @throws if there is none
 */
export async function javaFor(progress: (line: string) => void): Promise<string> {
  const home = process.env.JAVA_HOME;
  for (const java of [...(home ? [join(home, "bin/java")] : []), "java"]) {
    if (await isUsable(java)) return java;
  }
  return unpackedJava(progress).catch((cause: Error) => {
    throw new Error(
      `the tests against OpenSearch need Java ${OLDEST} to ${NEWEST}, or OPENSEARCH_URL, a node that runs: ${cause.message}`,
      { cause },
    );
  });
}

async function isUsable(java: string): Promise<boolean> {
  const said = await promisify(execFile)(java, ["-version"]).catch(() => ({ stderr: "" }));
  const version = Number(/version "(\d+)/.exec(said.stderr)?.[1]);
  return version >= OLDEST && version <= NEWEST;
}

async function unpackedJava(progress: (line: string) => void): Promise<string> {
  const always = /^(default|openjdk-\d+)-jre-headless/;
  const place = await madeOnce(join(defaultCacheDir(), `java-${process.arch}`), async (folder) => {
    const root = await unpackDebianPackages({ name: "default-jre-headless", always, folder, progress });
    await relink(root, join(root, "usr/lib/jvm"));
    return root;
  });
  const java = join(place, "usr/lib/jvm/default-java/bin/java");
  if (await isUsable(java)) return java;
  throw new Error(`expected a Java of that kind in ${place}, found none`);
}

/** Its configuration is linked to /etc, where nothing was installed. */
async function relink(root: string, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const status = await lstat(path);
    if (status.isDirectory()) await relink(root, path);
    if (!status.isSymbolicLink()) continue;
    const target = await readlink(path);
    if (!target.startsWith("/etc/")) continue;
    await rm(path);
    await symlink(
      `${"../".repeat(path.slice(root.length + 1).split("/").length - 1)}${target.slice(1)}`,
      path,
    );
  }
}
