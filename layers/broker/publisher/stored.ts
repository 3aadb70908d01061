import type { Amount, DiskBuffer } from "../../buffer/buffer.ts";
import type { Event } from "../../core/envelope.ts";
import { UnavailableError } from "../../core/errors.ts";
import { encodedMessage } from "../message.ts";
import type { Entry } from "./backlog.ts";

type Position = NonNullable<Entry["stored"]>;

/**
 * The events on disk: those in the backlog, too, which are the oldest, and the unread ones behind them. What is
 * written is the event alone; exchange, routing key and properties follow from it.
 */
export class StoredEvents {
  readonly #buffer: DiskBuffer;
  readonly #failed: (error: unknown) => void;
  /** Positions of those in the backlog, oldest first. */
  readonly #loaded = new Set<number>();
  #confirmed: Position[] = [];
  /** Who asked about events that are on disk only, by the events' ids. */
  readonly #asking = new Map<string, NonNullable<Entry["settled"]>>();

  constructor(buffer: DiskBuffer, failed: (error: unknown) => void) {
    this.#buffer = buffer;
    this.#failed = failed;
  }

  get stats(): DiskBuffer["stats"] {
    return this.#buffer.stats;
  }

  get unread(): number {
    return this.#buffer.stats.records - this.#loaded.size - this.#confirmed.length;
  }

  async append(entries: readonly Entry[]): Promise<void> {
    await this.#buffer.append(entries.map(({ message }) => message.body));
    for (const { message, settled } of entries) {
      if (settled) this.#asking.set(String(message.properties.messageId), settled);
    }
  }

  /** The next ones, which count as in the backlog from now on. */
  async load(limit: Amount): Promise<Entry[]> {
    const records = await this.#buffer.read(limit);
    return records.flatMap(({ body, position, appendedAt }) => {
      const stored = { position, appendedAt };
      this.#loaded.add(position);
      const event = eventIn(body);
      if (event) return { ...this.#entryOf(event, body), acceptedAt: appendedAt, stored };
      // Somebody else wrote into the directory.
      this.settle(stored);
      return [];
    });
  }

  /** It is confirmed or given up. The disk is told of all of a turn at once. */
  settle(stored: Position): void {
    // Else it was dropped there since.
    if (!this.#loaded.delete(stored.position)) return;
    this.#confirmed.push(stored);
    if (this.#confirmed.length === 1) setImmediate(() => this.#acknowledge());
  }

  /** Whoever asked about the event does not wait any longer. */
  forget(id: string): void {
    this.#asking.delete(id);
  }

  /**
   * Gives up the oldest part of the disk. Not to be called while `load` is under way.
   *
   * @returns how many are lost by it: those in the backlog will still be sent
   */
  async dropOldest(): Promise<number> {
    this.#acknowledge();
    const before = this.#buffer.stats;
    try {
      await this.#buffer.dropOldest({ bytes: before.bytes - 1 });
    } catch (error) {
      this.#failed(error);
    }
    const dropped = this.#buffer.stats.dropped.records - before.dropped.records;
    const inBacklog = [...this.#loaded].slice(0, dropped);
    for (const position of inBacklog) this.#loaded.delete(position);
    return dropped - inBacklog.length;
  }

  async close(): Promise<void> {
    this.#acknowledge();
    await this.#buffer.close().catch(this.#failed);
    for (const settled of this.#asking.values()) settled(keptOnDisk());
  }

  #entryOf(event: Event, body: Buffer): Pick<Entry, "message" | "settled"> {
    const settled = this.#asking.get(event.id);
    this.#asking.delete(event.id);
    return { message: encodedMessage({ event, routingKey: event.type, body }), settled };
  }

  /** That the disk does not take it brings events again after a restart, which consumers expect. */
  #acknowledge(): void {
    const confirmed = this.#confirmed;
    this.#confirmed = [];
    if (confirmed.length > 0) this.#buffer.acknowledge(confirmed).catch(this.#failed);
  }
}

export const keptOnDisk = (): UnavailableError =>
  new UnavailableError("the publisher was closed before the event was confirmed; it is kept on disk", {
    code: "closed",
  });

function eventIn(body: Buffer): Event | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
