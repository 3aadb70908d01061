import { createWriteStream, type WriteStream } from "node:fs";
import type { Logger } from "../../layers/core/logger.ts";

type Level = "debug" | "info" | "warn" | "error";

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

/** A logger that hands each line to `write`. */
export function loggerTo(write: (line: string) => void): Logger {
  const at =
    (level: Level) =>
    (message: string, details: Record<string, unknown> = {}) => {
      write(JSON.stringify({ time: new Date().toISOString(), level, message, ...details }, plain));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, code: (value as { code?: unknown }).code, stack, cause };
}

async function ended(stream: WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.end(resolve);
  await promise;
}
