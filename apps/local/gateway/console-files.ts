import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import {
  CACHE_FOR_EVER,
  CACHE_NOT,
  CONSOLE_ASSETS,
  consoleFileOf,
  consoleSecurityHeaders,
} from "../../../layers/core/console-site.ts";
import type { Answer } from "./answer.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".map": "application/json",
  ".svg": "image/svg+xml",
};

/** Answers with the console's files. They are few and small, and read each time: a new build is seen at once. */
export function consoleFiles(folder: string): (path: string) => Promise<Answer | undefined> {
  return async (path) => {
    const file = consoleFileOf(path);
    const location = file === undefined ? undefined : within(folder, file);
    const body = location && (await readFile(location).catch(notThere));
    if (!location || !body) return undefined;
    const headers = {
      ...consoleSecurityHeaders,
      "content-type": contentTypes[extname(location)] ?? "application/octet-stream",
      "cache-control": path.startsWith(CONSOLE_ASSETS) ? CACHE_FOR_EVER : CACHE_NOT,
    };
    return { status: 200, headers, body };
  };
}

/** `undefined` for what would lead out of the folder. */
function within(folder: string, file: string): string | undefined {
  const location = normalize(join(folder, file));
  return location.startsWith(normalize(folder) + sep) ? location : undefined;
}

function notThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "EISDIR" && error.code !== "ENOTDIR") throw error;
}
