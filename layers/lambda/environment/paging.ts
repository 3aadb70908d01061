import { systemClock } from "../../core/clock.ts";
import { PermanentError } from "../../core/errors.ts";
import { createPoster } from "../../notify/poster.ts";
import { createSender, type Send } from "../../notify/sender.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { readJsonSecret } from "./read.ts";

export const readPagingSecret = (): Promise<unknown> => readJsonSecret(keys.pagingSecretArn);

/** Of Slack and PagerDuty only: mail goes by the topics themselves. */
export const poster = (): Send =>
  createSender({
    poster: createPoster(),
    clock: systemClock,
    mailer: {
      async send() {
        throw new PermanentError("alarms go out by mail from their topics", { code: "no_mail" });
      },
    },
  });
