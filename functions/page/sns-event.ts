import * as z from "zod";
import { type Micros, parseTime } from "../../layers/core/time.ts";

/** What SNS hands a function ("Using AWS Lambda with Amazon SNS", AWS Lambda Developer Guide), as far as it is read. */
const snsEventSchema = z.object({
  Records: z.array(
    z.object({
      Sns: z.object({
        MessageId: z.string(),
        TopicArn: z.string(),
        Subject: z.string().nullish(),
        Message: z.string(),
        Timestamp: z.string().optional(),
      }),
    }),
  ),
});

/** One message of a topic. */
export interface Told {
  id: string;
  topicArn: string;
  subject: string;
  text: string;
  at: Micros;
}

/** @param now for a message that does not say when it is from */
export function messagesOf(event: unknown, now: Micros): Told[] {
  return snsEventSchema.parse(event).Records.map(({ Sns }) => ({
    id: Sns.MessageId,
    topicArn: Sns.TopicArn,
    subject: Sns.Subject ?? "",
    text: Sns.Message,
    at: (Sns.Timestamp === undefined ? undefined : parseTime(Sns.Timestamp)) ?? now,
  }));
}
