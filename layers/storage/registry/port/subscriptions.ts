import type { StreamFilter } from "../../../core/stream/filter.ts";
import type { Micros } from "../../../core/time.ts";

/** What somebody wants to be pushed, and how often at most. */
export interface Subscription extends StreamFilter {
  /** `sub_…` */
  subscriptionId: string;
  /** Milliseconds between two frames at least, 100 to 10,000. */
  maxFrequencyMs: number;
  /** The id of the key that asked for it. */
  createdBy: string;
  createdAt: Micros;
}

/** Lets in one connection, once: a browser can set no header on a WebSocket. */
export interface Ticket {
  /** SHA-256 of the ticket, which itself is kept nowhere. */
  hash: Buffer;
  expiresAt: Micros;
}

/** Of all that removes subscriptions: the connections that are theirs no more, for whoever closes them. */
export type ConnectionIds = readonly string[];

export interface Subscriptions {
  create(subscription: Subscription, ticket: Ticket): Promise<void>;
  /** Adds a ticket, for a client that comes again. @returns whether there is such a subscription */
  addTicket(subscriptionId: string, ticket: Ticket): Promise<boolean>;
  find(subscriptionId: string): Promise<Subscription | undefined>;
  /** @returns none if there is no such subscription */
  remove(subscriptionId: string): Promise<ConnectionIds | undefined>;
  /**
   * Takes a device out of every subscription. One that named no other goes with it: without a device it would be
   * for all of them.
   */
  leaveDevice(deviceId: string): Promise<ConnectionIds>;
  /** Removes whatever this key or user subscribed to. */
  removeOf(userId: string): Promise<ConnectionIds>;
  /** Forgets subscriptions that had no connection for a day, tickets that ran out, and connections that must be over. */
  expire(now: Micros): Promise<void>;
}

export interface NewConnection {
  /** As the gateway calls it. */
  connectionId: string;
  subscriptionId: string;
  /** SHA-256 of the ticket that it came with. */
  ticketHash: Buffer;
  at: Micros;
}

export interface LiveConnection extends Subscription {
  connectionId: string;
  openedAt: Micros;
}

/** A subscription has one connection at most: of two the later. */
export interface Connections {
  /**
   * Redeems the ticket and connects.
   *
   * @returns the connection whose place it took, if any; `undefined` if there is no such subscription, or no such
   * ticket of it, or no more
   */
  open(connection: NewConnection): Promise<{ replaced?: string } | undefined>;
  /** @returns whether it was open */
  close(connectionId: string, at: Micros): Promise<boolean>;
  /** A text that is another one as soon as some connection opened or closed. Cheap enough for every batch. */
  mark(): Promise<string>;
  live(): Promise<LiveConnection[]>;
}
