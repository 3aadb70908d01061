import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../layers/core/clock.ts";
import { createPoster } from "../../layers/notify/poster.ts";
import { createSender } from "../../layers/notify/sender.ts";
import { type PagerDutyServer, startPagerDuty } from "../../test/pagerduty.ts";
import type { Said } from "../../test/receiver.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { type SlackServer, startSlack } from "../../test/slack.ts";
import { createHandler } from "./handler.ts";
import { targetsIn } from "./targets.ts";

// As CloudWatch says it ("SNS notifications", CloudWatch User Guide): of one metric, and of a composite.

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:telemetry-prod";
const ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:telemetry-prod-broker-memory";

const alarm = (changes: object = {}) => ({
  AlarmName: "telemetry-prod-broker-memory",
  AlarmDescription: "The broker is short of memory. Runbook: https://example.com/runbook/broker-memory.md",
  AWSAccountId: "123456789012",
  AlarmConfigurationUpdatedTimestamp: "2026-11-01T00:00:00.000+0000",
  NewStateValue: "ALARM",
  NewStateReason: "Threshold Crossed: 5 out of the last 5 datapoints were greater than the threshold (80.0).",
  StateChangeTime: "2026-11-28T05:43:27.123+0000",
  Region: "EU (Frankfurt)",
  AlarmArn: ARN,
  OldStateValue: "OK",
  OKActions: [],
  AlarmActions: [`${TOPIC}-page`],
  InsufficientDataActions: [],
  Trigger: { MetricName: "RabbitMQMemUsed", Namespace: "AWS/AmazonMQ", Threshold: 80 },
  ...changes,
});

let messages = 0;
const sns = (message: object | string, urgency = "page") => ({
  Records: [
    {
      EventVersion: "1.0",
      EventSubscriptionArn: `${TOPIC}-${urgency}:1`,
      EventSource: "aws:sns",
      Sns: {
        SignatureVersion: "1",
        Timestamp: "2026-11-28T05:43:28.000Z",
        MessageId: `95df01b4-ee98-5cb9-9903-${++messages}`,
        Message: typeof message === "string" ? message : JSON.stringify(message),
        Type: "Notification",
        TopicArn: `${TOPIC}-${urgency}`,
        Subject: "ALARM",
        MessageAttributes: {},
      },
    },
  ],
});

let slack: SlackServer;
let pagerDuty: PagerDutyServer;
let trouble: Said | undefined;
let logged: string[];
let secret: object;

beforeEach(async () => {
  trouble = undefined;
  logged = [];
  slack = await startSlack(() => trouble);
  pagerDuty = await startPagerDuty();
  secret = { slack: slack.webhook, pagerduty: { routingKey: "r".repeat(32) } };
});

afterEach(async () => {
  await slack.close();
  await pagerDuty.close();
});

function page(event: object): Promise<void> {
  const send = createSender({
    poster: createPoster({ allowLoopback: true, timeoutMs: 1_000 }),
    mailer: { send: () => Promise.reject(new Error("no mail here")) },
    clock: systemClock,
    pagerDutyBase: pagerDuty.url,
  });
  const note = (message: string) => void logged.push(message);
  const logger = { ...silentLogger, error: note, warn: note };
  return createHandler({ clock: systemClock, logger, send, targets: async () => targetsIn(secret) })(event);
}

describe("an alarm", () => {
  it("that pages is told to Slack and opens an incident, and its end closes both, by its ARN [AWS-06]", async () => {
    await page(sns(alarm()));
    expect(slack.posted()).toEqual(["🔥 telemetry-prod-broker-memory: ALARM"]);
    expect(slack.received[0]?.body).toContain("https://example.com/runbook/broker-memory.md");
    expect(slack.received[0]?.body).toContain("5 out of the last 5 datapoints");
    expect(pagerDuty.incidents()).toMatchObject([{ dedupKey: ARN, state: "triggered" }]);
    expect(pagerDuty.events()[0]).toMatchObject({
      payload: { severity: "critical", timestamp: "2026-11-28T05:43:27.123Z" },
    });
    await page(sns(alarm({ NewStateValue: "OK", OldStateValue: "ALARM", NewStateReason: "1 datapoint" })));
    expect(slack.posted()[1]).toBe("✅ telemetry-prod-broker-memory: OK");
    expect(pagerDuty.incidents()).toMatchObject([{ dedupKey: ARN, state: "resolved" }]);
  });

  it("that warns is told to Slack and wakes nobody up [AWS-06]", async () => {
    await page(sns(alarm(), "warn"));
    expect(slack.posted()).toEqual(["⚠️ telemetry-prod-broker-memory: ALARM"]);
    expect(pagerDuty.received).toEqual([]);
  });

  it("that is a composite says which of its alarms raised it [AWS-06]", async () => {
    const children = Array.from({ length: 7 }, (_, i) => ({
      Arn: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:queue-${i}`,
      State: { Value: "ALARM", Timestamp: "2026-11-28T05:43:27.123+0000" },
    }));
    await page(sns(alarm({ AlarmRule: "ALARM(queue-0)", TriggeringChildren: children })));
    expect(slack.received[0]?.body).toContain("queue-0, queue-1, queue-2, queue-3, queue-4 and 2 more");
  });

  it("comes again under one key when it is delivered again, and opens one incident [AWS-06]", async () => {
    const event = sns(alarm());
    await page(event);
    await page(event);
    expect(pagerDuty.incidents()).toMatchObject([{ dedupKey: ARN, repeats: 1 }]);
  });
});

describe("whoever cannot be told", () => {
  it("now is told when Lambda tries again: the run fails, having told the others [AWS-06]", async () => {
    trouble = { status: 503, text: "down" };
    await expect(page(sns(alarm()))).rejects.toThrow(/slack: 503 down/);
    expect(pagerDuty.incidents()).toHaveLength(1);
  });

  it("ever is said in the log, and does not make the run fail for ever", async () => {
    trouble = { status: 404, text: "no_service" };
    await page(sns(alarm()));
    expect(logged).toEqual(["nobody was told of an alarm: it was refused for good"]);
  });

  it("because nobody is named, is said too", async () => {
    secret = { unused: "x" };
    await page(sns(alarm()));
    expect(logged).toEqual(["no Slack and no PagerDuty is in the secret: only mail tells of alarms"]);
  });
});

it("tells a message that is no alarm as it is", async () => {
  await page(sns("Hello <from> SNS & others!"));
  expect(slack.posted()).toEqual(["🔥 ALARM"]);
  expect(pagerDuty.incidents()).toMatchObject([{ summary: "ALARM" }]);
});

it("refuses a secret that says something else than it should", async () => {
  secret = { slack: "not a webhook" };
  await expect(page(sns(alarm()))).rejects.toThrow(/slack/);
});
