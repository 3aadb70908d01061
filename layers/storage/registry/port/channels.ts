import type { Severity } from "../../../core/paging.ts";
import type { Micros } from "../../../core/time.ts";

export const channelKinds = ["slack", "pagerduty", "email", "webhook"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Where a channel leads. URLs, keys and secrets are never shown again. */
export type ChannelTarget =
  | { kind: "slack"; url: string }
  | { kind: "pagerduty"; routingKey: string; region: "us" | "eu" }
  | { kind: "email"; to: readonly string[] }
  | { kind: "webhook"; url: string; secret: string };

/** A way to people, or to another program. */
export interface Channel {
  /** What alert rules call it. */
  name: string;
  target: ChannelTarget;
  /** Patterns of types, as a topic exchange has them: of the events that name no channels of their own. */
  events: readonly string[];
  /** Of those events, the less severe ones are not for this channel. */
  minimumSeverity: Severity;
  /** Beyond so many messages in a minute, the rest is told in one. */
  maxPerMinute: number;
  /** What waits for a channel that is turned off waits until it is turned on, for a day at most. */
  enabled: boolean;
  createdAt: Micros;
  updatedAt: Micros;
}

export interface Channels {
  /** @throws {RefusedError} 409 if there is a channel of that name */
  create(channel: Channel): Promise<void>;
  /**
   * Puts this channel in the place of the one of its name, which keeps its `createdAt`. What waits for it is tried
   * again at once.
   *
   * @returns whether there was one
   */
  replace(channel: Omit<Channel, "createdAt">): Promise<boolean>;
  find(name: string): Promise<Channel | undefined>;
  /** By name. */
  list(): Promise<Channel[]>;
  /**
   * What waited for it has failed then.
   *
   * @returns whether there was one
   */
  remove(name: string, at: Micros): Promise<boolean>;
}
