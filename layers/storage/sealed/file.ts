import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SealedHead } from "../../core/audit.ts";
import { asError, TelemetryError, UnavailableError } from "../../core/errors.ts";
import { headsIn, headText } from "../../core/sealed-head.ts";
import type { SealedHeads } from "./port.ts";
import { refuseOther } from "./refuse-other.ts";

const FILE = "heads.ndjson";

/**
 * Heads in one file, a line of JSON each, that is only ever appended to (`chattr +a` may see to that). Each is on
 * the disk when it is sealed; a line that a crash cut off is none. For one writer at a time.
 */
export function openSealedFile(folder: string): SealedHeads {
  const file = join(folder, FILE);

  const all = (): Promise<SealedHead[]> =>
    told(file, async () => {
      const heads = headsIn(await readIfThere(file), file);
      return heads.sort((a, b) => a.position - b.position);
    });

  return {
    async seal(head) {
      const kept = (await all()).find(({ position }) => position === head.position);
      if (kept) refuseOther(kept, head);
      else await told(file, () => append(folder, file, `${headText(head)}\n`));
    },
    async list({ after, limit }) {
      return (await all()).filter(({ position }) => position > after).slice(0, limit);
    },
    async newest() {
      return (await all()).at(-1);
    },
    async close() {},
  };
}

async function append(folder: string, file: string, line: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await readIfThere(file);
  const handle = await open(file, "a", 0o600);
  try {
    // A line that was cut off must not swallow this one.
    await handle.writeFile(before === "" || before.endsWith("\n") ? line : `\n${line}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (before === "") await syncFolder(folder);
}

/** Until then the file's name itself may be gone after a crash. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

async function readIfThere(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

async function told<Answer>(file: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TelemetryError) throw cause;
    throw new UnavailableError(`${file}: ${asError(cause).message}`, { code: "store_unavailable", cause });
  }
}
