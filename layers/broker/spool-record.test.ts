import fc from "fast-check";
import { expect, it } from "vitest";
import { PermanentError } from "../core/errors.ts";
import { eventMessage, type Outgoing } from "./message.ts";
import { decodeOutgoing, encodeOutgoing } from "./spool-record.ts";

const message = (body: Buffer): Outgoing => ({
  exchange: "models.events",
  routingKey: "model.registered",
  body,
  properties: {
    persistent: true,
    mandatory: true,
    messageId: "m-1",
    timestamp: 7,
    headers: { "x-a": "ü", "x-b": 1 },
  },
});

it("gives back a message as it was, whatever its body", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeOutgoing(encodeOutgoing(message(Buffer.from(bytes))))).toEqual(
        message(Buffer.from(bytes)),
      );
    }),
  );
});

it("gives back an event's message with all that consumers go by", () => {
  const event = eventMessage({
    specversion: "1.0",
    id: "1",
    source: "/shop",
    type: "order.placed",
    time: "2026-01-01T00:00:00Z",
    correlation_id: "c-1",
  });
  expect(decodeOutgoing(encodeOutgoing(event))).toEqual(event);
});

it.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("hello, world")],
  ["a version of another time", Buffer.from([2, 0, 0, 0, 0])],
  ["a record that was cut off", encodeOutgoing(message(Buffer.from("x"))).subarray(0, 30)],
  ["a length beyond its end", Buffer.from([1, 255, 255, 255, 255, 123])],
])("calls %s undecodable for ever", (_, bytes) => {
  expect(() => decodeOutgoing(bytes)).toThrow(PermanentError);
});
