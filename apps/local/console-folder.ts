import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the built console lies: in `dist`, whether this file runs from there or from the sources. */
export function consoleFolder(): string | undefined {
  const candidates = ["../../console", "../../dist/console"].map((each) => join(import.meta.dirname, each));
  return candidates.find((folder) => existsSync(join(folder, "index.html")));
}
