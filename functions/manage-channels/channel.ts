import { randomBytes } from "node:crypto";
import type * as z from "zod";
import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, type Micros } from "../../layers/core/time.ts";
import { type AddressRule, checkUrl } from "../../layers/notify/address.ts";
import type { Channel, ChannelKind, ChannelTarget } from "../../layers/storage/registry/port/channels.ts";
import type { changedChannel, newChannel } from "./schema.ts";

type NewChannel = z.output<typeof newChannel>;
type ChangedChannel = z.output<typeof changedChannel>;

const SECRET_BYTES = 32;
const SHOWS_ITS_END = 16;

/** Defaults: people read so many; programs more. */
const maxPerMinute: Readonly<Record<ChannelKind, number>> = {
  slack: 10,
  pagerduty: 10,
  email: 10,
  webhook: 60,
};

/** @throws {RefusedError} 422 naming the URL that may not be */
export function createdChannel(body: NewChannel, now: Micros, rule: AddressRule): Channel {
  const channel = { name: body.name, ...settingsOf(body), createdAt: now, updatedAt: now };
  return { ...channel, target: checked(targetOf(body), rule) };
}

/** @throws {RefusedError} 422, also naming what cannot be left out since there is none of it yet */
export function replacedChannel(
  known: Channel,
  body: ChangedChannel,
  now: Micros,
  rule: AddressRule,
): Channel {
  const target = checked(targetOf(body, known.target), rule);
  return { ...known, ...settingsOf(body), target, updatedAt: now };
}

export const describeChannel = (channel: Channel) => ({
  name: channel.name,
  kind: channel.target.kind,
  address: addressOf(channel.target),
  events: channel.events,
  minimum_severity: channel.minimumSeverity,
  max_per_minute: channel.maxPerMinute,
  enabled: channel.enabled,
  created_at: formatTime(channel.createdAt),
  updated_at: formatTime(channel.updatedAt),
});

/** Enough to know it again: a Slack URL is a secret as a whole, and a webhook's path may hold one. */
function addressOf(target: ChannelTarget): string {
  switch (target.kind) {
    case "slack":
    case "webhook":
      return maskedUrl(new URL(target.url));
    case "pagerduty":
      return `…${target.routingKey.slice(-4)} (${target.region})`;
    case "email":
      return target.to.join(", ");
  }
}

/** Its end only where there is so much of it that this gives little away. */
function maskedUrl({ origin, pathname, search }: URL): string {
  const rest = `${pathname}${search}`;
  return `${origin}/…${rest.length > SHOWS_ITS_END ? rest.slice(-4) : ""}`;
}

function settingsOf(body: ChangedChannel) {
  return {
    events: body.events,
    minimumSeverity: body.minimum_severity,
    maxPerMinute: body.max_per_minute ?? maxPerMinute[body.kind],
    enabled: body.enabled,
  };
}

function targetOf(body: ChangedChannel, known?: ChannelTarget): ChannelTarget {
  switch (body.kind) {
    case "slack": {
      const kept = known?.kind === "slack" ? known.url : undefined;
      return { kind: "slack", url: needed("url", body.url ?? kept) };
    }
    case "pagerduty": {
      const kept = known?.kind === "pagerduty" ? known.routingKey : undefined;
      const routingKey = needed("routing_key", body.routing_key ?? kept);
      return { kind: "pagerduty", routingKey, region: body.region };
    }
    case "email":
      return { kind: "email", to: body.to };
    case "webhook": {
      const kept = known?.kind === "webhook" ? known : undefined;
      const secret = body.secret ?? kept?.secret ?? randomBytes(SECRET_BYTES).toString("base64url");
      return { kind: "webhook", url: needed("url", body.url ?? kept?.url), secret };
    }
  }
}

function needed(field: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new RefusedError(422, `${field}: the channel has none yet`, [{ path: field, message: "required" }]);
}

function checked(target: ChannelTarget, rule: AddressRule): ChannelTarget {
  if (!("url" in target)) return target;
  try {
    checkUrl(target.url, rule);
    return target;
  } catch (cause) {
    const { message } = cause as Error;
    throw new RefusedError(422, `url: ${message}`, [{ path: "url", message }], { cause });
  }
}
