/** How long what is written can be found, by its own time. */
export interface LogRetention {
  /** @default 30 */
  logRetentionDays?: number;
  /** Of archived events. @default 365 */
  archiveRetentionDays?: number;
}

export const logRetentionDefaults: Required<LogRetention> = {
  logRetentionDays: 30,
  archiveRetentionDays: 365,
};
