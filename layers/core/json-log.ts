import type { Logger } from "./logger.ts";

type Level = "debug" | "info" | "warn" | "error";

/** A logger that hands each line to `write`: a JSON object. */
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
