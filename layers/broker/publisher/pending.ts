import type { Entry } from "./backlog.ts";

/** Events in memory on their way to the disk, oldest first. The first of them may be being written. */
export class Pending {
  #entries: Entry[] = [];
  #writing = 0;
  bytes = 0;

  get length(): number {
    return this.#entries.length;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.bytes += entry.message.body.length;
  }

  putFirst(entries: readonly Entry[]): void {
    this.#entries = [...entries, ...this.#entries];
    for (const { message } of entries) this.bytes += message.body.length;
  }

  /** The first, up to both limits but at least one: until `end` they are not taken away by anything else. */
  begin(limit: { records: number; bytes: number }): Entry[] {
    let bytes = 0;
    const end = this.#entries.findIndex(({ message }, index) => {
      bytes += message.body.length;
      return index >= limit.records || (index > 0 && bytes > limit.bytes);
    });
    const batch = this.#entries.slice(0, end < 0 ? undefined : end);
    this.#writing = batch.length;
    return batch;
  }

  end({ written }: { written: boolean }): void {
    if (written) this.#take(0, this.#writing);
    this.#writing = 0;
  }

  /** The oldest that is not being written. */
  shift(): Entry | undefined {
    return this.#take(this.#writing, 1)[0];
  }

  takeAll(): Entry[] {
    return this.#take(0, this.#entries.length);
  }

  #take(from: number, count: number): Entry[] {
    const taken = this.#entries.splice(from, count);
    for (const { message } of taken) this.bytes -= message.body.length;
    return taken;
  }
}
