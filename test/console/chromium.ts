import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { madeOnce } from "../../apps/local/services/made-once.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";

export interface Chromium {
  executablePath: string;
  env?: Record<string, string>;
}

const installed = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * The browser that tests drive: the one that CHROMIUM_PATH names, one that is installed, or Debian's, unpacked
 * into the cache folder on the first call.
 * @throws if none of that can be had
 */
export async function findChromium(): Promise<Chromium> {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, where there is nothing`);
    return { executablePath: named };
  }
  const executablePath = installed.find((path) => existsSync(path));
  return executablePath === undefined ? unpackedChromium() : { executablePath };
}

async function unpackedChromium(): Promise<Chromium> {
  const system = /^VERSION_CODENAME=(.*)$/m.exec(
    await readFile("/etc/os-release", "utf8").catch(() => ""),
  )?.[1];
  const place = join(defaultCacheDir(), `chromium-${system}-${process.arch}`);
  const always = /^(chromium|chromium-common|fontconfig-config|fonts-dejavu-core)$/;
  await madeOnce(place, (folder) =>
    unpackDebianPackages({ name: "chromium", always, folder, progress: console.log }),
  ).catch((cause: unknown) => {
    throw new Error(
      "no browser: install Debian's package chromium, or name Chromium or Chrome in CHROMIUM_PATH",
      { cause },
    );
  });
  const libraries = await libraryFolders(join(place, "usr", "lib"));
  return {
    executablePath: join(place, "usr", "lib", "chromium", "chromium"),
    // Letters too: a machine without a browser often has no font.
    env: { LD_LIBRARY_PATH: libraries.join(":"), FONTCONFIG_SYSROOT: place },
  };
}

/** The architecture's folder, and those below it in which some packages keep theirs. */
async function libraryFolders(lib: string): Promise<string[]> {
  const entries = await readdir(lib, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter(({ name, parentPath }) => /\.so(\.|$)/.test(name) && parentPath.includes("-linux-gnu"))
    .map(({ parentPath }) => parentPath);
  return [...new Set(folders)].sort();
}
