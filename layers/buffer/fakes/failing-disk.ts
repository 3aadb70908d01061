import { type Disk, type DiskFile, nodeDisk } from "../disk.ts";

type Step = "create" | "write" | "sync" | "truncate" | "unlink" | "syncDirectory" | "read";

/** The machine's disk, with a limit on what it takes and a list of errors that it answers. */
export class FailingDisk implements Disk {
  /** How many more bytes it takes. A write beyond it is done in part. */
  freeBytes = Number.POSITIVE_INFINITY;
  /** Code of the error that a step answers next, and how often. */
  readonly errors: { step: Step; code: string; times: number }[] = [];
  readonly counts: Record<Step, number> = {
    create: 0,
    write: 0,
    sync: 0,
    truncate: 0,
    unlink: 0,
    syncDirectory: 0,
    read: 0,
  };

  /** A part of every file that cannot be read. */
  unreadable = { from: 0, to: 0 };
  /** What was read, and the most at a time. */
  readonly bytesRead = { sum: 0, most: 0 };

  makeDirectory = nodeDisk.makeDirectory;
  list = nodeDisk.list;
  lock = nodeDisk.lock;

  fail(step: Step, code: string, times = 1): void {
    this.errors.push({ step, code, times });
  }

  async open(path: string, mode: "create" | "read" | "write"): Promise<DiskFile> {
    if (mode === "create") this.#step("create");
    return this.#file(await nodeDisk.open(path, mode));
  }

  async unlink(path: string): Promise<void> {
    this.#step("unlink");
    await nodeDisk.unlink(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#step("syncDirectory");
    await nodeDisk.syncDirectory(path);
  }

  #file(file: DiskFile): DiskFile {
    return {
      ...file,
      write: async (data, position) => {
        this.#step("write");
        const taken = Math.min(data.length, this.freeBytes);
        this.freeBytes -= taken;
        await file.write(data.subarray(0, taken), position);
        if (taken < data.length) throw systemError("ENOSPC");
      },
      read: async (length, position) => {
        this.#step("read");
        if (position < this.unreadable.to && position + length > this.unreadable.from)
          throw systemError("EIO");
        this.bytesRead.sum += length;
        this.bytesRead.most = Math.max(this.bytesRead.most, length);
        return file.read(length, position);
      },
      sync: async () => {
        this.#step("sync");
        await file.sync();
      },
      truncate: async (bytes) => {
        this.#step("truncate");
        await file.truncate(bytes);
      },
    };
  }

  #step(step: Step): void {
    this.counts[step]++;
    const error = this.errors.find((each) => each.step === step && each.times > 0);
    if (!error) return;
    error.times--;
    throw systemError(error.code);
  }
}

const systemError = (code: string): Error => Object.assign(new Error(`${code}: the disk says so`), { code });
