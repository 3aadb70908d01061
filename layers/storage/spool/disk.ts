import { type BufferOptions, openBuffer } from "../../buffer/buffer.ts";
import type { Spool } from "./port.ts";

export type DiskSpoolOptions = Pick<BufferOptions, "directory" | "disk" | "clock"> & {
  /**
   * How much may wait.
   * @default 1073741824
   */
  maxBytes?: number;
};

/**
 * The disk buffer as a spool, for one process.
 *
 * @throws {UnavailableError} another process has it open, or the disk is at fault
 */
export async function openDiskSpool({ maxBytes = 1_024 ** 3, ...options }: DiskSpoolOptions): Promise<Spool> {
  const buffer = await openBuffer({ ...options, maxBytes });
  /** One after the other: what a drain that fails gives back is then its own. */
  let drains: Promise<unknown> = Promise.resolve();

  async function drainOnce(...[publish, limit]: Parameters<Spool["drain"]>): Promise<number> {
    const records = await buffer.read(limit);
    if (records.length === 0) return 0;
    try {
      await publish(records.map(({ body }) => body));
    } catch (error) {
      buffer.rewind();
      throw error;
    }
    await buffer.acknowledge(records);
    return records.length;
  }

  return {
    put: (records) => buffer.append(records),
    drain(publish, limit) {
      const drained = drains.then(() => drainOnce(publish, limit));
      drains = drained.catch(() => undefined);
      return drained;
    },
    async depth() {
      const { records, bytes, oldestAppendedAt } = buffer.stats;
      return { records, bytes, oldestAt: oldestAppendedAt };
    },
    async close() {
      await drains;
      await buffer.close();
    },
  };
}
