import type { Notification } from "../../../core/notification.ts";
import type { Micros } from "../../../core/time.ts";
import type { Channel } from "./channels.ts";

/**
 * `pending` until it is settled: `sent`, `failed` for good, `held_back` (folded into another, beyond the channel's
 * ceiling), or `superseded`: what it tells of had ended before it could be told.
 */
export const deliveryStates = ["pending", "sent", "failed", "held_back", "superseded"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A notification on its way to one channel. */
export interface Delivery {
  id: number;
  channel: string;
  state: DeliveryState;
  /** Whether it counts towards the channel's ceiling. */
  metered: boolean;
  notification: Notification;
  recordedAt: Micros;
  /** When it is tried next, while it is pending. */
  nextAt: Micros;
  attempts: number;
  settledAt?: Micros;
  /** What the other side answered, or why it failed, or what came of it. */
  detail?: string;
}

/** What an event means to one channel; written inside the inbox's transaction. */
export type Telling =
  | { kind: "single"; channel: string; notification: Notification }
  | { kind: "grouped"; channel: string; key: string; notification: Notification };

/** The right to deliver to a channel: one holds it at a time, so that order and ceiling hold. */
export interface Claim {
  channel: Channel;
  /** Ends by itself at this time, in case its holder does. */
  until: Micros;
  /** Metered messages that were sent in the minute before. */
  sentInMinute: number;
  /** Times in a row that the channel was paused. */
  failures: number;
  /**
   * Pending, due, and of each incident the oldest only, so that nothing is resolved before it is triggered. The
   * oldest first, but behind those that were tried less often: one that the other side chokes on goes last. At the
   * channel's ceiling only those that are not metered: thousands may be waiting for the next minute.
   */
  due: Delivery[];
}

export type Settlement =
  | { state: "sent"; detail: string }
  | { state: "failed"; detail: string }
  | { state: "pending"; detail: string; nextAt: Micros };

export interface Notifications {
  /** The channels that were told, or are to be told, of each of these incidents. */
  toldOf(incidents: readonly string[]): Promise<Map<string, string[]>>;
  /** Channels that are turned on, held by nobody, not paused, and have something due. */
  waiting(now: Micros): Promise<string[]>;
  /** @returns nothing if another one holds the channel, or it is paused, turned off or gone */
  claim(channel: string, now: Micros, forMicros: Micros): Promise<Claim | undefined>;
  /** Marks these, which must be pending, as held back, and records the one that stands for them. */
  fold(channel: string, ids: readonly number[], into: Notification, now: Micros): Promise<Delivery>;
  /** Writes down what became of a try. What is settled already stays as it is. */
  settle(id: number, settlement: Settlement, now: Micros): Promise<void>;
  /**
   * Gives the claim back, unless another one has taken the channel over meanwhile, and keeps everybody from the
   * channel for as long as the pause says.
   */
  release(claim: Claim, pause?: { until: Micros; failures: number }): Promise<void>;
  /** Ends the windows of groups that are over, and records what is to be told. @returns how many ended */
  endWindows(now: Micros): Promise<number>;
  /** Those that have been pending since before `before` fail. @returns them */
  expire(before: Micros, now: Micros): Promise<Delivery[]>;
  /** Forgets what was settled before this. */
  forget(before: Micros): Promise<void>;
  /** Of one channel, newest first. */
  list(channel: string, page: { state?: DeliveryState; limit: number; offset: number }): Promise<Delivery[]>;
}
