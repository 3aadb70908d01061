import type { ConfirmChannel, Message } from "amqplib";
import { UnavailableError } from "../core/errors.ts";
import { brokerGone } from "./connection.ts";
import type { Outgoing } from "./message.ts";

/**
 * What became of a publish. RabbitMQ acknowledges messages that no queue took, too: every publish is mandatory,
 * and the return, which comes before the acknowledgement, makes it a failure.
 */
export type Settled = undefined | UnavailableError;

/** Publishes on one confirm channel and says of each message what became of it. */
export interface ConfirmTracker {
  send(message: Outgoing, settled: (failure: Settled) => void): void;
}

export function trackConfirms(channel: ConfirmChannel): ConfirmTracker {
  const returned = new Set<string>();
  channel.on("return", ({ fields, properties }: Message) => {
    returned.add(returnKey(fields.exchange, fields.routingKey, properties.messageId));
  });
  return {
    send(message, settled) {
      const { exchange, routingKey, body, properties } = message;
      channel.publish(exchange, routingKey, body, properties, (error: unknown) => {
        if (error) settled(brokerGone("the broker did not confirm the message", error));
        else if (returned.size > 0 && returned.delete(keyOf(message))) settled(unroutable(message));
        else settled(undefined);
      });
    },
  };
}

export const unroutable = ({ exchange, routingKey }: Outgoing): UnavailableError =>
  new UnavailableError(`no queue is bound to "${exchange}" for the key "${routingKey}"`, {
    code: "unroutable",
  });

const keyOf = ({ exchange, routingKey, properties }: Outgoing) =>
  returnKey(exchange, routingKey, properties.messageId);

function returnKey(exchange: string, routingKey: string, messageId: unknown): string {
  return `${exchange} ${routingKey} ${messageId}`;
}
