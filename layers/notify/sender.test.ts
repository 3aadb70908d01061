import { createHmac } from "node:crypto";
import { SESv2 } from "@aws-sdk/client-sesv2";
import { afterEach, describe, expect, it } from "vitest";
import { startPagerDuty } from "../../test/pagerduty.ts";
import { type Receiver, type Said, startReceiver } from "../../test/receiver.ts";
import { startSlack } from "../../test/slack.ts";
import { PermanentError } from "../core/errors.ts";
import { type Notification, notificationOf } from "../core/notification.ts";
import { severities } from "../core/paging.ts";
import { notificationNamed } from "../storage/registry/contract/notification-samples.ts";
import type { ChannelTarget } from "../storage/registry/port/channels.ts";
import type { Mail, Mailer } from "./mailer.ts";
import { createPoster } from "./poster.ts";
import { createSender } from "./sender.ts";
import { createSesMailer } from "./ses.ts";
import { escaped } from "./slack.ts";

const NOW = Date.UTC(2026, 6, 7, 12);
const noMail: Mailer = { send: () => expect.unreachable() };
let opened: Receiver[] = [];

const opening = async <Server extends Receiver>(starting: Promise<Server>): Promise<Server> => {
  const server = await starting;
  opened.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(opened.map((server) => server.close()));
  opened = [];
});

const sender = (given: { pagerDutyBase?: string; mailer?: Mailer } = {}) =>
  createSender({
    poster: createPoster({ allowLoopback: true, timeoutMs: 500 }),
    mailer: noMail,
    clock: { now: () => NOW },
    ...given,
  });
const send = (target: ChannelTarget, notification: Notification, given = {}) =>
  sender(given)({ target }, notification);

const nasty = '<!channel> & <@U123> "quoted" \u0000 \ud83d \u2028 '.repeat(500);
const long = notificationNamed("long", {
  title: nasty,
  text: nasty,
  details: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field_${i}`, nasty])),
  source: "/shop<&>",
});

describe("Slack", () => {
  it("takes a notification, and says so [BUS-20]", async () => {
    const slack = await opening(startSlack());
    const target = { kind: "slack", url: slack.webhook } as const;
    expect(await send(target, notificationNamed("boom"))).toEqual({ kind: "sent", detail: "200 ok" });
    expect(slack.posted()).toEqual(['❌ boom: quotes " and \\ and {braces}, NULL']);
  });

  it.each([
    ...severities.map((severity) => ({ severity })),
    { action: "resolve" as const },
    { action: "acknowledge" as const },
  ])("takes every kind of notification: %j", async (given) => {
    const slack = await opening(startSlack());
    const target = { kind: "slack", url: slack.webhook } as const;
    expect(await send(target, notificationNamed("n", { text: "", details: {}, ...given }))).toMatchObject({
      kind: "sent",
    });
  });

  it("takes what is too long and full of its own signs, cut and escaped", async () => {
    const slack = await opening(startSlack());
    expect(await send({ kind: "slack", url: slack.webhook }, long)).toEqual({
      kind: "sent",
      detail: "200 ok",
    });
    expect(slack.received[0]?.body).toContain("&lt;!channel&gt; &amp; &lt;@U123&gt;");
  });

  it("is never sent half an escape", () => {
    for (let length = 2; length < 12; length++) {
      expect(escaped("a&<>b&", length)).toMatch(/^(?:[^&<>]|&(?:amp|lt|gt);)*$/);
      expect(escaped("a&<>b&", length).length).toBeLessThanOrEqual(length);
    }
  });

  it.each([
    ["no_service", 404, "never"],
    ["invalid_payload", 400, "never"],
    ["action_prohibited", 403, "never"],
    ["channel_is_archived", 410, "never"],
    ["rollup_error", 500, "later"],
    ["", 503, "later"],
  ] as const)("that answers %s with %i is tried %s", async (text, status, kind) => {
    const slack = await opening(startSlack(() => ({ status, text })));
    const outcome = await send({ kind: "slack", url: slack.webhook }, notificationNamed("n"));
    expect(outcome).toEqual({ kind, detail: `${status} ${text}`.trim() });
  });

  it("is given the time that it asks for, up to an hour", async () => {
    const outcomes = [];
    for (const retryAfter of ["30", "Tue, 07 Jul 2026 12:01:00 GMT", "99999999", "soon"]) {
      const said = { status: 429, text: "rate_limited", headers: { "retry-after": retryAfter } };
      const slack = await opening(startSlack(() => said));
      outcomes.push(await send({ kind: "slack", url: slack.webhook }, notificationNamed("n")));
    }
    expect(outcomes.map((outcome) => (outcome as { retryAfterMs?: number }).retryAfterMs)).toEqual([
      30_000,
      60_000,
      3_600_000,
      undefined,
    ]);
  });

  it("is not sent anything where its URL leads elsewhere", async () => {
    const inside = await opening(startReceiver(() => ({ status: 200 })));
    const strict = createSender({ poster: createPoster(), mailer: noMail, clock: { now: () => NOW } });
    const outcome = await strict({ target: { kind: "slack", url: inside.url } }, notificationNamed("n"));
    expect(outcome.kind).toBe("never");
    expect(inside.received).toEqual([]);
  });
});

describe("PagerDuty", () => {
  const target = { kind: "pagerduty", routingKey: "R".repeat(32), region: "us" } as const;
  const alert = (action: Notification["action"]) =>
    notificationNamed(action, { action, incident: "alert alr_1", severity: "emergency", title: "High CPU" });

  it("opens, acknowledges and resolves one incident under one key [BUS-20]", async () => {
    const pagerDuty = await opening(startPagerDuty());
    const states = [];
    for (const action of ["trigger", "trigger", "acknowledge", "resolve"] as const) {
      const outcome = await send(target, alert(action), { pagerDutyBase: pagerDuty.url });
      expect(outcome).toMatchObject({ kind: "sent", detail: expect.stringContaining("202") });
      states.push(pagerDuty.incidents().map(({ state, repeats }) => `${state} ${repeats}`));
    }
    expect(states).toEqual([["triggered 0"], ["triggered 1"], ["acknowledged 1"], ["resolved 1"]]);
    expect(pagerDuty.events()[0]).toMatchObject({
      routing_key: target.routingKey,
      dedup_key: "alert alr_1",
      payload: { summary: "High CPU", severity: "critical", source: "d1", class: "alert.triggered" },
    });
  });

  it("takes the largest notification that an event can become", async () => {
    const pagerDuty = await opening(startPagerDuty());
    const names = [
      "alert_id",
      "rule_name",
      "message",
      "device_id",
      "metric_name",
      "note",
      "reason",
      "resolution_note",
    ];
    const event = {
      ...({
        specversion: "1.0",
        id: "1",
        source: "/s",
        type: "alert.triggered",
        correlation_id: "c",
      } as const),
      time: new Date(NOW).toISOString(),
      data: Object.fromEntries(names.map((name) => [name, nasty])),
    };
    const huge = notificationOf(event, { handling: "single", severity: "error" }, "pager");
    expect(await send(target, huge, { pagerDutyBase: pagerDuty.url })).toMatchObject({ kind: "sent" });
    const slack = await opening(startSlack());
    expect(await send({ kind: "slack", url: slack.webhook }, huge)).toMatchObject({ kind: "sent" });
  });

  it("that refuses an event says why, for good", async () => {
    const pagerDuty = await opening(startPagerDuty());
    const outcome = await send({ ...target, routingKey: "short" }, alert("trigger"), {
      pagerDutyBase: pagerDuty.url,
    });
    expect(outcome.kind).toBe("never");
    expect(outcome.detail).toMatch(/^400 .*Length of 'routing_key' is incorrect/);
  });

  it.each([429, 500, 503])("that answers %i is tried again", async (status) => {
    const pagerDuty = await opening(startPagerDuty(() => ({ status })));
    const outcome = await send(target, alert("trigger"), { pagerDutyBase: pagerDuty.url });
    expect(outcome.kind).toBe("later");
  });
});

describe("a webhook", () => {
  const secret = "a secret of sixteen";

  it("is sent a signed body under the notification's key", async () => {
    const hook = await opening(startReceiver(() => ({ status: 204 })));
    const notification = notificationNamed("n", { details: { device_id: "d1" } });
    expect(await send({ kind: "webhook", url: `${hook.url}/hook`, secret }, notification)).toEqual({
      kind: "sent",
      detail: "204",
    });
    const { headers, body } = hook.received[0] ?? expect.unreachable();
    const timestamp = headers["x-telemetry-timestamp"];
    expect(timestamp).toBe(String(NOW / 1_000));
    const expected = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    expect(headers["x-telemetry-signature"]).toBe(`v1=${expected}`);
    expect(headers["idempotency-key"]).toBe(notification.dedupKey);
    expect(JSON.parse(body)).toEqual({
      id: notification.dedupKey,
      incident: "incident n",
      action: "trigger",
      form: "single",
      severity: "error",
      title: notification.title,
      text: "",
      details: { device_id: "d1" },
      type: "alert.triggered",
      source: "/alerts",
      event_id: "n",
      correlation_id: "c",
      count: 1,
      first_at: "1970-01-01T00:00:00.000010Z",
      last_at: "1970-01-01T00:00:00.000010Z",
    });
  });

  it("never has its secret in what is written down about it", async () => {
    const hook = await opening(startReceiver(() => ({ status: 401, text: "no" })));
    const target = { kind: "webhook", url: `${hook.url}/hook?token=hidden`, secret } as const;
    expect(JSON.stringify(await send(target, notificationNamed("n")))).not.toMatch(/hidden|secret of/);
    await hook.close();
    opened = [];
    const outcome = await send(target, notificationNamed("n"));
    expect(outcome.kind).toBe("later");
    expect(JSON.stringify(outcome)).not.toMatch(/hidden|secret of/);
  });
});

describe("mail", () => {
  const target = { kind: "email", to: ["a@example.com", "b@example.com"] } as const;

  it("has the severity in its subject, on one line, and no markup of others in its HTML", async () => {
    const mails: Mail[] = [];
    const mailer: Mailer = {
      send: async (mail) => {
        mails.push(mail);
        return "taken";
      },
    };
    const notification = notificationNamed("n", { title: "a\r\nBcc: c@example.com <b>", text: "<script>" });
    expect(await send(target, notification, { mailer })).toEqual({ kind: "sent", detail: "taken" });
    expect(mails[0]).toMatchObject({
      to: target.to,
      subject: "[ERROR] a Bcc: c@example.com <b>",
      dedupKey: "ntf_n",
    });
    expect(mails[0]?.html).toContain("&lt;script&gt;");
    expect(mails[0]?.html).not.toContain("<b>");
  });

  const ses = async (said: Said) => {
    const service = await opening(startReceiver(() => said));
    const client = new SESv2({
      endpoint: service.url,
      region: "eu-west-1",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    return { service, mailer: createSesMailer({ client: async () => client, from: "alerts@example.com" }) };
  };
  const json = { "content-type": "application/json" };

  it("goes to SES as its API has it", async () => {
    const { service, mailer } = await ses({ status: 200, text: '{"MessageId":"m-1"}', headers: json });
    expect(await send(target, notificationNamed("n"), { mailer })).toEqual({
      kind: "sent",
      detail: "SES took it as m-1",
    });
    expect(service.received[0]).toMatchObject({ method: "POST", path: "/v2/email/outbound-emails" });
    expect(JSON.parse(service.received[0]?.body ?? "")).toMatchObject({
      FromEmailAddress: "alerts@example.com",
      Destination: { ToAddresses: target.to },
      Content: {
        Simple: {
          Subject: { Charset: "UTF-8" },
          Headers: [{ Name: "X-Telemetry-Notification", Value: "ntf_n" }],
        },
      },
    });
  });

  it.each([
    [400, "MessageRejected", "never"],
    [400, "BadRequestException", "never"],
    [400, "MailFromDomainNotVerifiedException", "later"],
    [429, "TooManyRequestsException", "later"],
    [500, "InternalServiceErrorException", "later"],
  ] as const)("that SES answers with %i %s is tried %s", async (status, name, kind) => {
    const headers = { ...json, "x-amzn-errortype": name };
    const { mailer } = await ses({ status, text: '{"message":"because"}', headers });
    const outcome = await send(target, notificationNamed("n"), { mailer });
    expect(outcome).toMatchObject({ kind, detail: `SES: ${name}: because` });
  });

  it("that will never be taken is not tried again", async () => {
    const mailer: Mailer = { send: () => Promise.reject(new PermanentError("no sender's address")) };
    expect(await send(target, notificationNamed("n"), { mailer })).toEqual({
      kind: "never",
      detail: "no sender's address",
    });
  });
});
