import * as z from "zod";
import {
  cut,
  dedupKeyOf,
  NOTIFICATION_LIMITS,
  type Notification,
  oneLine,
} from "../../layers/core/notification.ts";
import { type Micros, microsOf } from "../../layers/core/time.ts";
import type { Told } from "./sns-event.ts";

// What CloudWatch says of an alarm by SNS ("Notifying users on alarm changes", CloudWatch User Guide), of one metric
// and of a composite. Both have more fields, and may get others.

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  AWSAccountId: z.string(),
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  NewStateReason: z.string(),
  StateChangeTime: z.string(),
  Region: z.string(),
  AlarmArn: z.string(),
  TriggeringChildren: z.array(z.object({ Arn: z.string() })).optional(),
});

type Alarm = z.infer<typeof alarmSchema>;

/** `page`: somebody is woken up. `warn`: somebody looks at it in the morning. */
export type Urgency = "page" | "warn";

const CHILDREN = 5;

/** What people are told; of a message that is no alarm, what it says. */
export function notificationOf({ id, topicArn, subject, text, at }: Told): Notification {
  const alarm = alarmIn(text);
  const urgency = urgencyOf(topicArn);
  return {
    dedupKey: dedupKeyOf("paging", id),
    form: "single",
    severity: urgency === "page" ? "critical" : "warning",
    type: "cloudwatch.alarm",
    eventId: id,
    correlationId: id,
    count: 1,
    firstAt: at,
    lastAt: at,
    ...(alarm ? ofAlarm(alarm, at) : ofText(subject, text, topicArn)),
  };
}

/** The alarms stack has a topic for each, and names it so. */
export const urgencyOf = (topicArn: string): Urgency => (topicArn.endsWith("-warn") ? "warn" : "page");

type Content = Pick<Notification, "action" | "incident" | "title" | "text" | "details" | "source"> &
  Partial<Notification>;

function ofAlarm(alarm: Alarm, receivedAt: Micros): Content {
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason, AlarmArn } = alarm;
  const changed = Date.parse(alarm.StateChangeTime);
  const at = Number.isNaN(changed) ? receivedAt : microsOf(changed);
  const text = [AlarmDescription, NewStateReason].filter(Boolean).join("\n\n");
  return {
    action: NewStateValue === "OK" ? "resolve" : "trigger",
    incident: AlarmArn.slice(-NOTIFICATION_LIMITS.incident),
    title: cut(oneLine(`${AlarmName}: ${NewStateValue}`), NOTIFICATION_LIMITS.title),
    text: cut(text, NOTIFICATION_LIMITS.text),
    details: detailsOf(alarm),
    source: AlarmArn,
    firstAt: at,
    lastAt: at,
  };
}

function detailsOf({ AWSAccountId, Region, TriggeringChildren = [] }: Alarm): Record<string, string> {
  const names = TriggeringChildren.map(({ Arn }) => Arn.split(":alarm:")[1] ?? Arn);
  const more = names.length > CHILDREN ? ` and ${names.length - CHILDREN} more` : "";
  return {
    account: AWSAccountId,
    region: Region,
    ...(names.length > 0 && {
      alarms: cut(names.slice(0, CHILDREN).join(", ") + more, NOTIFICATION_LIMITS.detail),
    }),
  };
}

const ofText = (subject: string, text: string, topicArn: string): Content => ({
  action: "trigger",
  incident: topicArn.slice(-NOTIFICATION_LIMITS.incident),
  title: cut(oneLine(subject || "A message on the alarms' topic"), NOTIFICATION_LIMITS.title),
  text: cut(text, NOTIFICATION_LIMITS.text),
  details: {},
  source: topicArn,
  type: "sns.message",
});

function alarmIn(text: string): Alarm | undefined {
  try {
    return alarmSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
