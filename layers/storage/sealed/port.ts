import type { SealedHead } from "../../core/audit.ts";

/** Where the audit's heads are out of reach of whoever rules its database. Every backend passes `port.contract.ts`. */
export interface SealedHeads {
  /**
   * Keeps a head for good; durable when it resolves. The same position and hash again change nothing.
   *
   * @throws {PermanentError} `sealed_otherwise`: another hash was sealed for this position
   * @throws {UnavailableError}
   */
  seal(head: SealedHead): Promise<void>;
  /** By position, from behind `after`. At most `limit`. @throws {UnavailableError} */
  list(page: SealedPage): Promise<SealedHead[]>;
  /** The one with the highest position. @throws {UnavailableError} */
  newest(): Promise<SealedHead | undefined>;
  close(): Promise<void>;
}

export interface SealedPage {
  /** A position; 0 begins with the first. */
  after: number;
  /** 1 to 100. */
  limit: number;
}
