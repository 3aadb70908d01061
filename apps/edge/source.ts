/** Something that entries come from, beside the HTTP API. */
export interface Source {
  /** As in the configuration: `host_metrics`, `postgres`. */
  readonly name: string;
  /** Begins to poll; resolves once the first poll is scheduled. Never throws for what may mend itself. */
  start(): Promise<void>;
  /** No poll is under way, and none will begin, once it resolves. */
  stop(): Promise<void>;
  readonly status: SourceStatus;
}

export interface SourceStatus {
  /** Entries that are safe in the buffer since the start. */
  collected: number;
  /** When the last poll succeeded, ms since the epoch. */
  lastSuccessAt?: number;
  /** Why the last poll failed, if it did. */
  lastError?: string;
}
