// One small family. Whoever catches decides by the class, reports by `code`, and keeps `cause`.

export interface ErrorDetails {
  /** Stable, machine-readable name of what went wrong, in snake_case. */
  code?: string;
  cause?: unknown;
}

export class TelemetryError extends Error {
  readonly code: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code ?? "internal";
  }
}

/** The message itself is at fault and will never pass: it goes to the dead letters at once. */
export class PermanentError extends TelemetryError {}

/** This one message may pass later: it goes to the next retry rung. */
export class TransientError extends TelemetryError {}

/** A store, the broker or the network is gone: no message is at fault, everything waits. */
export class UnavailableError extends TelemetryError {}

/** Where in the input something is wrong, and what was expected there. */
export interface Fault {
  /** Path as the sender wrote it: `data_points[3].timestamp`. Empty for the whole body. */
  path: string;
  message: string;
}

/** Input that is refused. `status` is the HTTP status that says so. */
export class RefusedError extends TelemetryError {
  readonly status: number;
  readonly faults: readonly Fault[];

  constructor(status: number, detail: string, faults: readonly Fault[] = [], details: ErrorDetails = {}) {
    super(detail, { code: "refused", ...details });
    this.status = status;
    this.faults = faults;
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
