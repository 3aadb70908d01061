import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import { formatTime, type Micros, parseTime } from "../../../../layers/core/time.ts";

/** Up to when everything of a table has been taken, on disk. */
export interface Mark {
  /** @throws {UnavailableError} `unreadable_mark` if there is one that says nothing: to begin anew by itself could skip rows */
  read(): Promise<Micros | undefined>;
  /** Durable when it resolves, and never half of it. */
  write(settled: Micros): Promise<void>;
}

const schema = z.object({ settled: z.string() });

export function openMark(directory: string, table: string): Mark {
  const path = join(directory, `${encodeURIComponent(table)}.json`);
  return {
    async read() {
      const text = await textOf(path);
      if (text === undefined) return undefined;
      const settled = parse(text);
      if (settled !== undefined) return settled;
      const message = `${path}: expected a mark, got ${text.slice(0, 80)}; delete it to begin anew with the history`;
      throw new UnavailableError(message, { code: "unreadable_mark" });
    },
    async write(settled) {
      await mkdir(directory, { recursive: true });
      await replace(path, `${JSON.stringify({ table, settled: formatTime(settled) })}\n`);
    },
  };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): Micros | undefined {
  try {
    return parseTime(schema.parse(JSON.parse(text)).settled);
  } catch {
    return undefined;
  }
}

/** What is there is there whole, whenever the power goes: rename(2) puts a file that is durable in the place of the other. */
async function replace(path: string, text: string): Promise<void> {
  await withFile(`${path}.new`, "w", async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
  await rename(`${path}.new`, path);
  await withFile(dirname(path), "r", (directory) => directory.sync());
}

async function withFile(
  path: string,
  flags: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
