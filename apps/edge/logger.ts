import type { Logger } from "../../layers/core/logger.ts";

/** A JSON object per line, as journald and containers take it. */
export function loggerTo(write: (line: string) => void): Logger {
  const at =
    (level: string) =>
    (message: string, details: Record<string, unknown> = {}) => {
      write(JSON.stringify({ time: new Date().toISOString(), level, message, ...details }, plain));
    };
  return { debug: () => {}, info: at("info"), warn: at("warn"), error: at("error") };
}

function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, code: (value as { code?: unknown }).code, stack, cause };
}
