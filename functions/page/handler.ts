import { TransientError } from "../../layers/core/errors.ts";
import { microsOf } from "../../layers/core/time.ts";
import type { ChannelTarget } from "../../layers/storage/registry/port/channels.ts";
import type { Dependencies } from "../dependencies.ts";
import { notificationOf, type Urgency, urgencyOf } from "./alarm.ts";
import { messagesOf, type Told } from "./sns-event.ts";

export interface PagingTarget {
  target: ChannelTarget;
  /** What it is told. */
  urgencies: readonly Urgency[];
}

export type PageDependencies = Pick<Dependencies, "clock" | "logger" | "send"> & {
  /** Read for each event, so that a changed secret holds from the next alarm on. */
  targets(): Promise<readonly PagingTarget[]>;
};

/**
 * Tells people of alarms. It stands outside of the network and needs neither broker nor database, so that it works
 * when they do not. What could not be told it throws for: Lambda tries it twice more, and whoever was told already
 * is told again, under the same key.
 */
export function createHandler({ clock, logger, send, targets }: PageDependencies) {
  async function tell(message: Told, { target }: PagingTarget): Promise<string | undefined> {
    const outcome = await send({ target }, notificationOf(message));
    const about = { kind: target.kind, message: message.id, detail: outcome.detail };
    if (outcome.kind === "sent") logger.info("told of an alarm", about);
    if (outcome.kind === "never") logger.error("nobody was told of an alarm: it was refused for good", about);
    return outcome.kind === "later" ? `${target.kind}: ${outcome.detail}` : undefined;
  }

  return async (event: unknown): Promise<void> => {
    const known = await targets();
    const messages = messagesOf(event, microsOf(clock.now()));
    if (known.length === 0) {
      logger.warn("no Slack and no PagerDuty is in the secret: only mail tells of alarms", {
        messages: messages.map(({ id }) => id),
      });
    }
    const told = messages.flatMap((message) =>
      known
        .filter(({ urgencies }) => urgencies.includes(urgencyOf(message.topicArn)))
        .map((target) => tell(message, target)),
    );
    const failures = (await Promise.all(told)).filter((failure) => failure !== undefined);
    if (failures.length > 0) throw new TransientError(failures.join("; "), { code: "not_told" });
  };
}
