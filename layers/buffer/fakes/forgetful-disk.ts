import { dirname, join } from "node:path";
import type { Disk, DiskFile } from "../disk.ts";

/** Where a file's contents are: what a power cut leaves for certain, and what was done to them since. */
interface Inode {
  durable: Buffer;
  unsynced: ({ write: Buffer; position: number } | { truncate: number })[];
}

type Change = { name: string; inode: Inode | undefined };

/**
 * A disk in memory that knows what was synced. After `cut` it fails whatever is asked of it, and what comes back is
 * a disk with everything that was synced and, by chance, some of what was not: written whole, in part, or as zeros.
 */
export class ForgetfulDisk implements Disk {
  readonly #durable: Map<string, Inode>;
  #unsynced: Change[] = [];
  #isOff = false;
  #operations = 0;
  /** At this operation, counted from the first, the power goes. */
  cutAt = Number.POSITIVE_INFINITY;
  syncs = 0;

  constructor(durable: ReadonlyMap<string, Inode> = new Map()) {
    this.#durable = new Map(durable);
  }

  get operations(): number {
    return this.#operations;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  cut(): void {
    this.#isOff = true;
  }

  /** @param chance a number from 0 up to, and without, 1: drawn for everything that was not synced */
  afterwards(chance: () => number): ForgetfulDisk {
    const entries = new Map(this.#durable);
    for (const change of this.#unsynced) {
      if (chance() < 0.5) applyChange(entries, change);
    }
    const survived = [...entries].map(([name, inode]): [string, Inode] => [
      name,
      { durable: survivingContents(inode, chance), unsynced: [] },
    ]);
    return new ForgetfulDisk(new Map(survived));
  }

  async makeDirectory(): Promise<void> {
    await this.#operation();
  }

  async list(directory: string): Promise<string[]> {
    await this.#operation();
    return [...this.#entries.keys()].flatMap((path) =>
      dirname(path) === directory ? path.slice(directory.length + 1) : [],
    );
  }

  async open(path: string, mode: "create" | "read" | "write"): Promise<DiskFile> {
    await this.#operation();
    const found = this.#entries.get(path);
    if (mode === "create") {
      if (found) throw systemError("EEXIST");
      const inode: Inode = { durable: Buffer.alloc(0), unsynced: [] };
      this.#unsynced.push({ name: path, inode });
      return this.#file(inode);
    }
    if (!found) throw systemError("ENOENT");
    return this.#file(found);
  }

  async unlink(path: string): Promise<void> {
    await this.#operation();
    if (!this.#entries.has(path)) throw systemError("ENOENT");
    this.#unsynced.push({ name: path, inode: undefined });
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#operation();
    for (const change of this.#unsynced) applyChange(this.#durable, change);
    this.#unsynced = this.#unsynced.filter(({ name }) => dirname(name) !== join(path));
  }

  async lock(): Promise<{ release(): Promise<void> }> {
    return { release: async () => {} };
  }

  get #entries(): Map<string, Inode> {
    const entries = new Map(this.#durable);
    for (const change of this.#unsynced) applyChange(entries, change);
    return entries;
  }

  #file(inode: Inode): DiskFile {
    const contents = () => inode.unsynced.reduce(applied, inode.durable);
    return {
      write: async (data, position) => {
        await this.#operation(() => inode.unsynced.push({ write: Buffer.from(data), position }));
      },
      read: async (length, position) => {
        await this.#operation();
        return Buffer.from(contents().subarray(position, position + length));
      },
      sync: async () => {
        this.syncs++;
        await this.#operation();
        inode.durable = contents();
        inode.unsynced = [];
      },
      truncate: async (bytes) => {
        await this.#operation(() => inode.unsynced.push({ truncate: bytes }));
      },
      size: async () => {
        await this.#operation();
        return contents().length;
      },
      close: async () => {},
    };
  }

  /** @param begun what of it may reach the disk even if the power goes with it */
  async #operation(begun: () => unknown = () => {}): Promise<void> {
    await new Promise(setImmediate);
    if (!this.#isOff) begun();
    if (this.#operations++ >= this.cutAt) this.#isOff = true;
    if (this.#isOff) throw systemError("EIO");
  }
}

function applyChange(entries: Map<string, Inode>, { name, inode }: Change): void {
  if (inode) entries.set(name, inode);
  else entries.delete(name);
}

function applied(contents: Buffer, operation: Inode["unsynced"][number]): Buffer {
  if ("truncate" in operation) {
    return Buffer.concat([contents.subarray(0, operation.truncate)], operation.truncate);
  }
  const { write, position } = operation;
  const result = Buffer.concat([contents], Math.max(contents.length, position + write.length));
  result.set(write, position);
  return result;
}

/** Each operation that was not synced happened, happened in part, left zeros, or did not happen. */
function survivingContents({ durable, unsynced }: Inode, chance: () => number): Buffer {
  return unsynced.reduce((contents, operation) => {
    const [luck, part] = [chance(), chance()];
    if (luck < 0.25) return contents;
    if (luck < 0.5 || "truncate" in operation) return applied(contents, operation);
    const written = Buffer.from(operation.write);
    const kept = Math.floor(part * written.length);
    if (luck < 0.75) return applied(contents, { ...operation, write: written.subarray(0, kept) });
    return applied(contents, { ...operation, write: written.fill(0, kept) });
  }, durable);
}

const systemError = (code: string): Error => Object.assign(new Error(`${code}: the disk says so`), { code });
