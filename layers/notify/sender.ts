import type { Clock } from "../core/clock.ts";
import { asError, PermanentError } from "../core/errors.ts";
import type { Notification } from "../core/notification.ts";
import type { Channel } from "../storage/registry/port/channels.ts";
import { mailOf } from "./email.ts";
import type { Mailer } from "./mailer.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { pagerDutyEvent, pagerDutyUrl } from "./pagerduty.ts";
import type { Poster } from "./poster.ts";
import { slackMessage } from "./slack.ts";
import { signatureHeaders, webhookBody } from "./webhook.ts";

/** Tries once to tell a channel. It never throws: whatever happens is an outcome. */
export type Send = (channel: Pick<Channel, "target">, notification: Notification) => Promise<Outcome>;

export interface SenderOptions {
  poster: Poster;
  mailer: Mailer;
  clock: Clock;
  /** In the place of PagerDuty's own hosts: for tests. */
  pagerDutyBase?: string;
}

const JSON_TYPE = { "content-type": "application/json" } as const;

export function createSender({ poster, mailer, clock, pagerDutyBase }: SenderOptions): Send {
  const post = async (url: string, headers: Record<string, string>, body: string): Promise<Outcome> =>
    outcomeOf(await poster.post(url, { ...JSON_TYPE, ...headers }, body), clock.now());

  async function attempt(target: Channel["target"], notification: Notification): Promise<Outcome> {
    switch (target.kind) {
      case "slack":
        return post(target.url, {}, JSON.stringify(slackMessage(notification)));
      case "pagerduty": {
        const event = pagerDutyEvent(target, notification);
        return post(pagerDutyUrl(target, pagerDutyBase), {}, JSON.stringify(event));
      }
      case "email":
        return { kind: "sent", detail: await mailer.send(mailOf(target.to, notification)) };
      case "webhook": {
        const body = JSON.stringify(webhookBody(notification));
        const signed = signatureHeaders(target.secret, body, clock.now());
        return post(target.url, { ...signed, "idempotency-key": notification.dedupKey }, body);
      }
    }
  }

  return ({ target }, notification) =>
    attempt(target, notification).catch((error: unknown): Outcome => {
      const kind = error instanceof PermanentError ? "never" : "later";
      return { kind, detail: asError(error).message };
    });
}
