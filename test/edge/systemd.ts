import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { madeOnce } from "../../apps/local/services/made-once.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";

export interface Systemd {
  /** systemd's own judge of units. */
  analyze: string;
  env?: Record<string, string>;
}

const installed = "/usr/bin/systemd-analyze";

/** The machine's, or the distribution's packages, unpacked into the cache folder on the first call. @throws if neither can be had */
export async function findSystemd(): Promise<Systemd> {
  if (existsSync(installed)) return { analyze: installed };
  const root = await madeOnce(join(defaultCacheDir(), `systemd-${process.arch}`), (folder) => {
    const always = /^(systemd|libsystemd-shared)$/;
    return unpackDebianPackages({ name: "systemd", always, folder, progress: console.log });
  });
  const libraries = join(root, "usr/lib");
  const triplets = (await readdir(libraries)).filter((name) => name.includes("-linux-"));
  const folders = triplets.flatMap((name) => [
    join(libraries, name),
    join(root, "lib", name),
    join(libraries, name, "systemd"),
  ]);
  return {
    analyze: join(root, "usr/bin/systemd-analyze"),
    env: {
      LD_LIBRARY_PATH: folders.join(":"),
      // An empty entry at the end stands for the machine's own.
      SYSTEMD_UNIT_PATH: `${join(root, "lib/systemd/system")}:${join(root, "usr/lib/systemd/system")}:`,
    },
  };
}
