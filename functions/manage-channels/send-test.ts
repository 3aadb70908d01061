import { dedupKeyOf, type Notification } from "../../layers/core/notification.ts";
import type { Micros } from "../../layers/core/time.ts";
import type { Outcome } from "../../layers/notify/outcome.ts";
import type { Send } from "../../layers/notify/sender.ts";
import type { Channel } from "../../layers/storage/registry/port/channels.ts";

/** Sends a test; where it opened an incident, that is resolved. @returns what the other side said to the test itself */
export async function sendTest(channel: Channel, eventId: string, now: Micros, send: Send): Promise<Outcome> {
  const test = testOf(channel.name, eventId, now);
  const outcome = await send(channel, test);
  if (outcome.kind === "sent" && channel.target.kind === "pagerduty") {
    await send(channel, { ...test, action: "resolve" });
  }
  return outcome;
}

function testOf(channel: string, eventId: string, now: Micros): Notification {
  const dedupKey = dedupKeyOf(channel, `test ${eventId}`);
  return {
    dedupKey,
    incident: dedupKey,
    action: "trigger",
    form: "test",
    severity: "info",
    title: `Test of the channel ${channel}`,
    text: "This is a test: nothing has happened.",
    details: {},
    type: "notification.test",
    source: "/telemetry/channels",
    eventId,
    correlationId: eventId,
    count: 0,
    firstAt: now,
    lastAt: now,
  };
}
