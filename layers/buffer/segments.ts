import type { Disk } from "./disk.ts";
import { attempt, codeOf, diskError } from "./errors.ts";
import { pathOf, type Segment } from "./segment.ts";

/** The segments that there are, oldest first. */
export class Segments {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #all: Segment[];
  #bytes: number;
  #nextNumber: number;

  constructor(disk: Disk, directory: string, found: readonly Segment[]) {
    this.#disk = disk;
    this.#directory = directory;
    this.#all = [...found];
    this.#bytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#nextNumber = (found.at(-1)?.number ?? 0) + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Segment | undefined {
    return this.#all[0];
  }

  get newest(): Segment | undefined {
    return this.#all.at(-1);
  }

  /** Never the same twice, whatever became of the segment. */
  takeNumber(): number {
    return this.#nextNumber++;
  }

  /** The oldest that has records from this position on; without any such, the newest. */
  holding(position: number): Segment | undefined {
    return this.#all.find(({ end }) => end > position) ?? this.newest;
  }

  following({ number }: Segment): Segment | undefined {
    return this.#all.find((segment) => segment.number > number);
  }

  /** Those from the oldest on as long as the condition holds. */
  oldestWhile(condition: (segment: Segment) => boolean): Segment[] {
    const end = this.#all.findIndex((segment) => !condition(segment));
    return end < 0 ? [...this.#all] : this.#all.slice(0, end);
  }

  add(segment: Segment): void {
    this.#all.push(segment);
    this.#bytes += segment.bytes;
  }

  grow(segment: Segment, by: { bytes: number; records: number; from: number; to: number }): void {
    segment.bytes += by.bytes;
    segment.end += by.records;
    segment.firstAppendedAt ??= by.from;
    segment.lastAppendedAt = by.to;
    this.#bytes += by.bytes;
  }

  /** @throws {UnavailableError} and it stays in the list, to be tried again */
  async delete(segment: Segment): Promise<void> {
    try {
      await this.#disk.unlink(pathOf(this.#directory, segment));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw diskError(segment.name, error);
    }
    this.#forget(segment);
  }

  /** One in which nothing is. What stays of it on a disk that fails is gone after the next opening. */
  async discard(segment: Segment): Promise<void> {
    await attempt(this.#disk.unlink(pathOf(this.#directory, segment)));
    this.#forget(segment);
  }

  #forget(segment: Segment): void {
    const index = this.#all.indexOf(segment);
    if (index < 0) return;
    this.#all.splice(index, 1);
    this.#bytes -= segment.bytes;
  }
}
