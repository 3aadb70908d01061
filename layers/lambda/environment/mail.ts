import { PermanentError } from "../../core/errors.ts";
import type { Mailer } from "../../notify/mailer.ts";
import { createSesMailer } from "../../notify/ses.ts";
import { environmentKeys as keys } from "../environment-keys.ts";

/** By SES, from the address of the environment; where there is none, mail is refused and says so. */
export function mailer(): Mailer {
  const from = process.env[keys.mailFrom];
  if (from) return createSesMailer({ client: sesClient, from });
  return {
    async send() {
      throw new PermanentError(`this environment has no sender's address (${keys.mailFrom})`, {
        code: "no_mail",
      });
    },
  };
}

async function sesClient() {
  const { SESv2 } = await import("@aws-sdk/client-sesv2");
  return new SESv2({});
}
