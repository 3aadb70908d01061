import { LatencySketch } from "../publisher/stats.ts";

export interface Quantiles {
  p50: number;
  p95: number;
  p99: number;
}

export interface SubscriberStats {
  connected: boolean;
  /** Milliseconds since the connection came up; 0 while it is down. */
  connectionUptimeMs: number;
  /** How often a connection was opened after the first. */
  reconnections: number;
  /** Why the connection is down, or was last. */
  lastError?: string;
  /** Deliveries settled: handled, on a rung, or among the dead letters. */
  consumed: number;
  /** Since the subscriber was created. */
  consumedPerSecond: number;
  /** Events that the handler is done with. */
  handled: number;
  /** Events passed over because this process had handled them before. */
  repeated: number;
  /** Attempts that failed; those that wait for something that is away are not counted. */
  failed: number;
  /** Of these, tried again. */
  retried: number;
  /** And given up. */
  deadLettered: number;
  /** Events in the handler's hands now. */
  inFlight: number;
  /** Of the handler's own calls, in milliseconds, within 1 %. */
  handlerTimeMs: Quantiles;
  /** From the event's own time until it was handled, in milliseconds, within 1 %. */
  endToEndMs: Quantiles;
}

/** What a subscriber counts over all of its connections. */
export class Counters {
  consumed = 0;
  handled = 0;
  repeated = 0;
  failed = 0;
  retried = 0;
  deadLettered = 0;
  inFlight = 0;
  readonly handlerTime = new LatencySketch();
  readonly endToEnd = new LatencySketch();
  readonly #startedAt = Date.now();

  read(): Omit<SubscriberStats, "connected" | "connectionUptimeMs" | "reconnections" | "lastError"> {
    const { consumed, handled, repeated, failed, retried, deadLettered, inFlight } = this;
    const seconds = (Date.now() - this.#startedAt) / 1_000;
    return {
      ...{ consumed, handled, repeated, failed, retried, deadLettered, inFlight },
      consumedPerSecond: seconds > 0 ? consumed / seconds : 0,
      handlerTimeMs: this.handlerTime.quantiles(),
      endToEndMs: this.endToEnd.quantiles(),
    };
  }
}
