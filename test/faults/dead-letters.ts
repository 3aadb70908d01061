import type { GetMessage } from "amqplib";
import { headers } from "../../layers/broker/message.ts";
import { DEAD_LETTER_QUEUE } from "../../layers/topology/topology.ts";
import { contentsOf } from "./queue-contents.ts";

export interface DeadLetter {
  messageId: string;
  body: Buffer;
  /** The queue it failed in. */
  queue: string;
  errorType: string;
  errorCode: string;
  errorMessage: string;
  errorStack: string;
}

/** Reads the dead letters and leaves them where they are. */
export async function deadLetters(amqpUrl: string): Promise<DeadLetter[]> {
  return (await contentsOf(amqpUrl, DEAD_LETTER_QUEUE)).map(deadLetterOf);
}

function deadLetterOf({ content, properties }: GetMessage): DeadLetter {
  const told = (name: string) => String(properties.headers?.[name] ?? "");
  return {
    messageId: String(properties.messageId),
    body: content,
    queue: told(headers.queue),
    errorType: told(headers.errorType),
    errorCode: told(headers.errorCode),
    errorMessage: told(headers.errorMessage),
    errorStack: told(headers.errorStack),
  };
}
