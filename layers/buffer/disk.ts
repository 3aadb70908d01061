import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Lock, lockFile } from "./lock.ts";

/** What the buffer does to a disk. Errors are the file system's own, with `code`. */
export interface Disk {
  /** With its parents, where they are missing. */
  makeDirectory(path: string): Promise<void>;
  /** Names, in no order. */
  list(directory: string): Promise<string[]>;
  /** `create` fails if the file is there, `read` and `write` if it is not. */
  open(path: string, mode: "create" | "read" | "write"): Promise<DiskFile>;
  unlink(path: string): Promise<void>;
  /** Makes it durable which files the directory has. */
  syncDirectory(path: string): Promise<void>;
  /** @throws {UnavailableError} `locked`, with who holds it */
  lock(path: string): Promise<Lock>;
}

export interface DiskFile {
  /** All of it. */
  write(data: Buffer, position: number): Promise<void>;
  /** Shorter than `length` at the end of the file only. */
  read(length: number, position: number): Promise<Buffer>;
  /** fdatasync(2): the contents and the size are durable. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

const flags = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
} as const;

/** The machine's own. */
export const nodeDisk: Disk = {
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made))
      await syncDirectory(dirname(made));
  },
  list: (directory) => readdir(directory),
  async open(path, mode) {
    return diskFile(await open(path, flags[mode], 0o600));
  },
  unlink: (path) => unlink(path),
  syncDirectory,
  lock: lockFile,
};

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    async write(data, position) {
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
        done += bytesWritten;
      }
    },
    async read(length, position) {
      const data = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(data, done, length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return data.subarray(0, done);
    },
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
