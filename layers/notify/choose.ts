import type { Event } from "../core/envelope.ts";
import { channelsNamedBy } from "../core/notification.ts";
import { isLess, type Page } from "../core/paging.ts";
import type { Channel } from "../storage/registry/port/channels.ts";
import { matches } from "../topology/patterns.ts";

export interface Choice {
  channels: readonly Channel[];
  /** Names in the event that no channel has. */
  unknown: readonly string[];
}

/**
 * Whom an event concerns. Who was told that a matter began is told how it goes on. Otherwise it is for the channels
 * that the event names, by name or else by kind (`slack`: every Slack channel); and for those whose patterns and
 * severity it fits, if it names none, or none that there is: a mistake in a rule must not keep its alerts from everybody.
 *
 * @param told by name: the channels that were told of the same incident before
 */
export function channelsFor(
  event: Event,
  page: Page,
  channels: readonly Channel[],
  told: readonly string[],
): Choice {
  const enabled = channels.filter((channel) => channel.enabled);
  const before = enabled.filter(({ name }) => told.includes(name));
  const followsUp = page.handling === "acknowledges" || page.handling === "resolves";
  if (followsUp && before.length > 0) return { channels: before, unknown: [] };
  const named = channelsNamedBy(event).map((name) => ({ name, meant: meantBy(name, channels) }));
  const unknown = named.filter(({ meant }) => meant.length === 0).map(({ name }) => name);
  const meant = new Set(named.flatMap((each) => each.meant));
  if (meant.size > 0) return { channels: enabled.filter((channel) => meant.has(channel)), unknown };
  return { channels: enabled.filter((channel) => listens(channel, event, page)), unknown };
}

function meantBy(name: string, channels: readonly Channel[]): readonly Channel[] {
  const byName = channels.filter((channel) => channel.name === name);
  return byName.length > 0 ? byName : channels.filter(({ target }) => target.kind === name);
}

const listens = ({ events, minimumSeverity }: Channel, { type }: Event, { severity }: Page): boolean =>
  !isLess(severity, minimumSeverity) && events.some((pattern) => matches(pattern, type));
