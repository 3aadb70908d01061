/** What Powertools' logger offers on Lambda and the local runtime's own logger offers on one machine. */
export interface Logger {
  debug(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
  /** Went wrong and will be tried again. */
  warn(message: string, details?: Record<string, unknown>): void;
  /** Went wrong and will not be tried again. */
  error(message: string, details?: Record<string, unknown>): void;
}
