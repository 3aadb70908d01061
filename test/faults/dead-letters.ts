import type { GetMessage } from "amqplib";
import { headers } from "../../layers/broker/message.ts";
import type { DeadLetter as KeptLetter } from "../../layers/storage/registry/port.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { DEAD_LETTER_QUEUE } from "../../layers/topology/topology.ts";
import type { Place } from "./place.ts";
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

const PAGE = 1_000;

/** Reads those that wait in the queue, where nothing records them, and leaves them there. */
export async function deadLetters(amqpUrl: string): Promise<DeadLetter[]> {
  return (await contentsOf(amqpUrl, DEAD_LETTER_QUEUE)).map(waitingLetterOf);
}

/** What is recorded as dead. */
export async function recordedDeadLetters({
  databaseUrl,
}: Pick<Place, "databaseUrl">): Promise<DeadLetter[]> {
  const registry = openPostgresRegistry({ connectionString: databaseUrl });
  try {
    const found: DeadLetter[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const page = await registry.deadLetters.list({ state: "dead" }, { limit: PAGE, offset });
      for (const letter of page.deadLetters) {
        found.push(recordedLetterOf(letter, await registry.deadLetters.body(letter.id)));
      }
      if (offset + PAGE >= page.count) return found;
    }
  } finally {
    await registry.close();
  }
}

function waitingLetterOf({ content, properties }: GetMessage): DeadLetter {
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

const recordedLetterOf = ({ message, queue, error }: KeptLetter, body: Buffer | undefined): DeadLetter => ({
  messageId: String(message.messageId),
  body: body ?? Buffer.alloc(0),
  queue,
  errorType: error.type,
  errorCode: error.code,
  errorMessage: error.message,
  errorStack: error.stack,
});
