import type { Event } from "../../layers/core/envelope.ts";
import { groupKeyOf, incidentOf, notificationOf } from "../../layers/core/notification.ts";
import { type Page, pageFor } from "../../layers/core/paging.ts";
import { channelsFor } from "../../layers/notify/choose.ts";
import type { Telling } from "../../layers/storage/registry/port/notifications.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";

/** What one event means. */
export interface Meaning {
  tellings: readonly Telling[];
  /** Names in it that no channel has. */
  unknown: readonly string[];
}

const NOTHING: Meaning = { tellings: [], unknown: [] };

/** Whom each of these events concerns, and what they are told. */
export async function meaningsOf(
  events: readonly Event[],
  { channels, notifications }: Pick<Registry, "channels" | "notifications">,
): Promise<Meaning[]> {
  const pages = events.map((event) => ({ event, page: pageFor(event.type, event.data) }));
  if (pages.every(({ page }) => page.handling === "nobody")) return events.map(() => NOTHING);
  const followUps = pages.filter(({ page }) => isFollowUp(page)).map(({ event }) => incidentOf(event));
  const [all, told] = await Promise.all([channels.list(), notifications.toldOf(followUps)]);
  return pages.map(({ event, page }) => {
    if (page.handling === "nobody") return NOTHING;
    const incident = incidentOf(event);
    const before = told.get(incident) ?? [];
    const choice = channelsFor(event, page, all, before);
    const names = choice.channels.map(({ name }) => name);
    // What begins and goes on in one batch goes the same way.
    if (page.handling === "single") told.set(incident, [...before, ...names]);
    return { tellings: names.map((channel) => telling(event, page, channel)), unknown: choice.unknown };
  });
}

const isFollowUp = ({ handling }: Page): boolean => handling === "acknowledges" || handling === "resolves";

function telling(event: Event, page: Page, channel: string): Telling {
  const notification = notificationOf(event, page, channel);
  return page.handling === "grouped"
    ? { kind: "grouped", channel, key: groupKeyOf(event), notification }
    : { kind: "single", channel, notification };
}
