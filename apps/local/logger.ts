import { createWriteStream, type WriteStream } from "node:fs";
import { loggerTo } from "../../layers/core/json-log.ts";
import type { Logger } from "../../layers/core/logger.ts";

export interface FileLogger extends Logger {
  close(): Promise<void>;
}

/** Appends a JSON object per line. */
export function openLog(file: string): FileLogger {
  const stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  // A log that cannot be written must not end the platform.
  stream.on("error", () => undefined);
  const logger = loggerTo((line) => stream.write(`${line}\n`));
  return { ...logger, close: () => ended(stream) };
}

async function ended(stream: WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.end(resolve);
  await promise;
}
