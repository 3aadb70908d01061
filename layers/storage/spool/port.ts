/**
 * Where messages wait, as bytes, while the broker is away. It knows nothing of what they mean.
 *
 * What stays true: a record whose `put` resolved is handed out again and again until the `publish` it was handed to
 * resolves, whatever crashes meanwhile. Nothing expires. A record may be handed out more than once: by two drains at
 * the same time, or after a crash between its publish and its removal.
 */
export interface Spool {
  /**
   * Resolves once all of the records are durable; they keep their order.
   *
   * @throws {UnavailableError} it is full or away: none of them may be counted on
   */
  put(records: readonly Buffer[]): Promise<void>;
  /**
   * Hands the oldest records to `publish`, in order, and removes them once it resolved.
   *
   * @returns how many were removed; none if there was nothing, or others had removed it
   * @throws what `publish` threw: the records come again. {UnavailableError} the spool is away
   */
  drain(publish: (records: Buffer[]) => Promise<void>, limit: SpoolLimit): Promise<number>;
  depth(): Promise<SpoolDepth>;
  close(): Promise<void>;
}

/** Of one `drain`. What was put as one is handed out even if it alone is larger. */
export interface SpoolLimit {
  records: number;
  bytes: number;
}

/** What waits. */
export interface SpoolDepth {
  records: number;
  /** What they take where they are. */
  bytes: number;
  /** When the oldest was put, in milliseconds since the Unix epoch; none if nothing waits. */
  oldestAt?: number;
}
