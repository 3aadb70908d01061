import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface NodeVersion {
  readonly version: string;
  readonly path: string;
}

/** The versions that package.json's `engines` promises and the machine has: this one, and others in the PATH. */
export function nodesOfThisMachine(): NodeVersion[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = [process.execPath, ...folders.map((folder) => join(folder, "node"))].filter(existsSync);
  const versions = new Map(found.map((path) => [versionOf(path), path]).reverse() as [string, string][]);
  return [...versions].map(([version, path]) => ({ version, path })).filter(isSupported);
}

const versionOf = (path: string): string => execFileSync(path, ["--version"], { encoding: "utf8" }).trim();

const isSupported = ({ version }: NodeVersion): boolean => {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  return major === 20 ? minor >= 15 : major > 22 || (major === 22 && minor >= 2);
};
