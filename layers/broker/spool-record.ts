import * as z from "zod";
import { asError, PermanentError } from "../core/errors.ts";
import type { Outgoing } from "./message.ts";

// A message as bytes, so that it can wait somewhere else for the broker:
//
//   │ version 1 │ length of head 4, big-endian │ head: JSON of all but the body │ body │

const VERSION = 1;
const PREFIX_BYTES = 5;

const head = z.strictObject({
  exchange: z.string(),
  routingKey: z.string(),
  /** As amqplib takes them; which of them there are is the business of whoever made the message. */
  properties: z.record(z.string(), z.json()),
});

export function encodeOutgoing({ body, ...message }: Outgoing): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt8(VERSION);
  prefix.writeUInt32BE(json.length, 1);
  return Buffer.concat([prefix, json, body]);
}

/** @throws {PermanentError} `undecodable` */
export function decodeOutgoing(record: Buffer): Outgoing {
  const version = record[0];
  if (version !== VERSION || record.length < PREFIX_BYTES) {
    throw undecodable(`expected version ${VERSION} in its first byte, got ${version ?? "nothing"}`);
  }
  const bodyAt = PREFIX_BYTES + record.readUInt32BE(1);
  try {
    const parsed = head.parse(JSON.parse(record.toString("utf8", PREFIX_BYTES, bodyAt)));
    return { ...parsed, body: record.subarray(bodyAt) };
  } catch (cause) {
    throw undecodable(asError(cause).message, cause);
  }
}

const undecodable = (why: string, cause?: unknown): PermanentError =>
  new PermanentError(`not a message from the spool: ${why}`, { code: "undecodable", cause });
