import type { SESv2, SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { asError, PermanentError, TransientError } from "../core/errors.ts";
import type { Mailer } from "./mailer.ts";

/** Answers that no repetition changes ("SendEmail: Errors", Amazon SES API v2). A sender that is not verified yet, a
 * pause of the account or a quota may pass. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  "MessageRejected",
  "BadRequestException",
  "NotFoundException",
]);

export interface SesMailerOptions {
  /** Called for the first mail: many environments have none to send. */
  client: () => Promise<SESv2>;
  from: string;
}

/** Mail by Amazon SES. It knows no deduplication: a mail whose answer was lost is sent twice. */
export function createSesMailer({ client, from }: SesMailerOptions): Mailer {
  let opened: Promise<SESv2> | undefined;
  return {
    async send({ to, subject, text, html, dedupKey }) {
      opened ??= client();
      const ses = await opened;
      const part = (Data: string) => ({ Data, Charset: "UTF-8" });
      const mail: SendEmailCommandInput = {
        FromEmailAddress: from,
        Destination: { ToAddresses: [...to] },
        Content: {
          Simple: {
            Subject: part(subject),
            Body: { Text: part(text), Html: part(html) },
            Headers: [{ Name: "X-Telemetry-Notification", Value: dedupKey }],
          },
        },
      };
      const { MessageId } = await ses.sendEmail(mail).catch((cause: unknown): never => {
        const { name, message } = asError(cause);
        const detail = `SES: ${name}: ${message}`;
        if (FOR_GOOD.has(name)) throw new PermanentError(detail, { code: "mail_refused", cause });
        throw new TransientError(detail, { code: "mail_not_sent", cause });
      });
      return `SES took it as ${MessageId}`;
    },
  };
}
