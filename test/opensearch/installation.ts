import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";
import { type Artifact, artifacts, openSearchVersion } from "./artifacts.ts";

const REPOSITORY = "https://repo1.maven.org/maven2/";
const AT_ONCE = 6;
const ATTEMPTS = 3;

/** The module that speaks HTTP: its descriptor and permissions as OpenSearch's sources have them. */
const MODULE = "modules/transport-netty4";
const belongsToModule = ({ file }: Artifact) => /^(netty|transport-netty4)-/.test(file);
const descriptor = `description=Netty 4 based transport implementation
version=${openSearchVersion}
name=transport-netty4
classname=org.opensearch.transport.Netty4Plugin
java.version=11
opensearch.version=${openSearchVersion}
`;
const policy = `grant {
  permission java.io.FilePermission "/proc/sys/net/core/somaxconn", "read";
  permission java.net.SocketPermission "*", "accept,connect";
  permission java.lang.RuntimePermission "setContextClassLoader";
  permission java.util.PropertyPermission "sun.nio.ch.bugLevel", "write";
};
`;

/**
 * OpenSearch's programs in the cache folder: made on the first call, beside their place, and moved there when whole.
 *
 * @returns the folder to be taken for OpenSearch's home
 */
export async function installedOpenSearch(progress: (line: string) => void): Promise<string> {
  const place = join(defaultCacheDir(), `opensearch-${openSearchVersion}-${tableVersion()}`);
  if (existsSync(place)) return place;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}.partial-`);
  try {
    progress(`OpenSearch ${openSearchVersion}: downloading ${artifacts.length} files from Maven Central`);
    await assemble(folder);
    await rename(folder, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another run was first
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return place;
}

const tableVersion = (): string =>
  createHash("sha256")
    .update(JSON.stringify([artifacts, descriptor, policy]))
    .digest("hex")
    .slice(0, 8);

async function assemble(folder: string): Promise<void> {
  for (const each of ["lib", "plugins", MODULE]) await mkdir(join(folder, each), { recursive: true });
  await writeFile(join(folder, MODULE, "plugin-descriptor.properties"), descriptor);
  await writeFile(join(folder, MODULE, "plugin-security.policy"), policy);
  const open = [...artifacts];
  const worker = async () => {
    for (let artifact = open.pop(); artifact; artifact = open.pop()) {
      const target = join(folder, belongsToModule(artifact) ? MODULE : "lib", artifact.file);
      await writeFile(target, await download(artifact));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function download(artifact: Artifact): Promise<Buffer> {
  const url = REPOSITORY + artifact.path;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`expected ${url}, got status ${response.status}`);
      return verified(artifact, Buffer.from(await response.arrayBuffer()));
    } catch (cause) {
      if (attempt === ATTEMPTS) {
        throw new Error(
          `the tests against OpenSearch need Maven Central, or OPENSEARCH_URL, a node that runs: ${url} cannot be had`,
          { cause },
        );
      }
      await sleep(attempt * 1_000);
    }
  }
}

function verified({ file, sha256 }: Artifact, bytes: Buffer): Buffer {
  const got = createHash("sha256").update(bytes).digest("hex");
  if (got !== sha256) throw new Error(`expected ${file} with SHA-256 ${sha256}, got ${got}`);
  return bytes;
}
