import type { ConsumeMessage } from "amqplib";
import { expect, it } from "vitest";
import { deliveriesOf } from "../../../layers/lambda/rabbitmq-event.ts";
import { rmqEvent, timestampText } from "./rmq-event.ts";

const message = (properties: object = {}, redelivered = false): ConsumeMessage => ({
  content: Buffer.from('{"timeout":0}'),
  fields: { consumerTag: "c", deliveryTag: 1, redelivered, exchange: "e", routingKey: "k" },
  properties: { headers: {}, ...properties } as ConsumeMessage["properties"],
});

it("builds the event that AWS documents: text headers as bytes, base64 data, the time in words", () => {
  const headers = { header1: "value1", numberInHeader: 10 };
  const sent = message({
    headers,
    contentType: "text/plain",
    deliveryMode: 1,
    expiration: "60000",
    timestamp: 2_021,
  });
  const event = rmqEvent("test", [sent]);
  expect(event).toMatchObject({
    eventSource: "aws:rmq",
    eventSourceArn: expect.stringMatching(/^arn:aws:mq:/),
  });
  expect(event.rmqMessagesByQueue).toEqual({
    "test::/": [
      {
        basicProperties: {
          contentType: "text/plain",
          contentEncoding: null,
          headers: { header1: { bytes: [118, 97, 108, 117, 101, 49] }, numberInHeader: 10 },
          deliveryMode: 1,
          priority: null,
          correlationId: null,
          replyTo: null,
          expiration: "60000",
          messageId: null,
          timestamp: "Jan 1, 1970, 12:33:41 AM",
          type: null,
          userId: null,
          appId: null,
          clusterId: null,
          bodySize: 13,
        },
        redelivered: false,
        data: "eyJ0aW1lb3V0IjowfQ==",
      },
    ],
  });
});

it("survives the way there and back: what a handler reads is what was sent", () => {
  const sent = message(
    { messageId: "m1", correlationId: "c1", type: "t", headers: { "x-attempt": 2, note: "ü" } },
    true,
  );
  expect(deliveriesOf(rmqEvent("telemetry.points.1", [sent]))).toEqual([
    {
      queue: "telemetry.points.1",
      body: sent.content,
      messageId: "m1",
      correlationId: "c1",
      type: "t",
      contentType: undefined,
      headers: { "x-attempt": 2, note: "ü" },
      redelivered: true,
    },
  ]);
});

it("takes a queue's version and a vhost's colons off its name", () => {
  const [delivery] = deliveriesOf({
    ...rmqEvent("q", []),
    rmqMessagesByQueue: {
      "metrics.updates.v3::vhost": rmqEvent("q", [message()]).rmqMessagesByQueue["q::/"] ?? [],
    },
  });
  expect(delivery?.queue).toBe("metrics.updates");
});

it("writes noon and midnight as AWS does", () => {
  expect(timestampText(0)).toBe("Jan 1, 1970, 12:00:00 AM");
  expect(timestampText(43_200)).toBe("Jan 1, 1970, 12:00:00 PM");
});

it("writes no time for what is beyond the calendar, such as nanoseconds taken for seconds", () => {
  const sent = message({ timestamp: 1_700_000_000_000_000_000 });
  expect(rmqEvent("q", [sent]).rmqMessagesByQueue["q::/"]?.[0]?.basicProperties.timestamp).toBeNull();
});

it("carries RabbitMQ's own word on a dead letter, as the broker's header has it", () => {
  const death = {
    ...{ count: 1, reason: "delivery_limit", queue: "metrics.updates.v2", exchange: "models.events" },
    ...{ time: { "!": "timestamp", value: 1_783_425_600 }, "routing-keys": ["model.registered"] },
  };
  const event = rmqEvent("dlq.dead_letters", [message({ headers: { "x-death": [death], text: "t" } })]);
  const [sent] = event.rmqMessagesByQueue["dlq.dead_letters::/"] ?? [];
  expect(sent?.basicProperties.headers?.["x-death"]).toMatchObject([
    { count: 1, reason: { bytes: [...Buffer.from("delivery_limit")] }, time: "Jul 7, 2026, 12:00:00 PM" },
  ]);
  const [delivery] = deliveriesOf(event);
  expect(delivery?.headers).toEqual({ text: "t" });
  expect(delivery?.deaths).toEqual([
    {
      ...{ queue: "metrics.updates", reason: "delivery_limit", routingKeys: ["model.registered"] },
      time: Date.UTC(2026, 6, 7, 12) * 1_000,
    },
  ]);
});

it.each([7, "text", [1, "a", null, [], { queue: 7 }], { queue: "q" }])(
  "takes an x-death that RabbitMQ did not write, such as %j, for none",
  (header) => {
    const [delivery] = deliveriesOf(rmqEvent("q", [message({ headers: { "x-death": header } })]));
    expect(delivery?.deaths ?? []).toEqual([]);
  },
);
