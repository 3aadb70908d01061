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
