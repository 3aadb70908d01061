/** From the least to the most urgent. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How loggers write them: npm's and syslog's names, Python's, Java's, .NET's, Go's, PostgreSQL's. */
const spellings: Readonly<Record<LogLevel, string>> = {
  trace: "trace trc finest finer silly all notset t",
  debug: "debug dbg fine verbose http config d",
  info: "info inf information informational notice log default i",
  warn: "warn warning wrn w",
  error: "error err severe e",
  fatal: "fatal ftl critical crit alert emerg emergency panic dpanic f c",
};

const levelBySpelling: ReadonlyMap<string, LogLevel> = new Map(
  logLevels.flatMap((level) => spellings[level].split(" ").map((spelling) => [spelling, level] as const)),
);

/** RFC 5424, section 6.2.1: 0 is an emergency, 7 is for debugging. */
const syslogLevels = ["fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug"] as const;

/** pino and bunyan count in tens, from 10. */
const PINO_STEP = 10;

/** OpenTelemetry's severity numbers: four to a level, 1 to 24 ("Logs Data Model", Field: SeverityNumber). */
const PER_SEVERITY = 4;

/**
 * The level that a sender means. A number is pino's and bunyan's (10 to 60 in tens), syslog's (0 to 7), and
 * otherwise OpenTelemetry's (8 to 24).
 *
 * @returns `undefined` for what no logger known here writes
 */
export function levelOf(written: string | number): LogLevel | undefined {
  if (typeof written === "number") return levelOfNumber(written);
  const word = written.trim().toLowerCase();
  if (/^\d+$/.test(word)) return levelOfNumber(Number(word));
  // OpenTelemetry's short names have a digit behind them: INFO2.
  return levelBySpelling.get(word) ?? levelBySpelling.get(word.replace(/[1-4]$/, ""));
}

/** Of an OpenTelemetry severity number; 0 stands for "not said". */
export function levelOfSeverity(severity: number): LogLevel | undefined {
  if (!Number.isInteger(severity) || severity < 1) return undefined;
  return logLevels[Math.floor((severity - 1) / PER_SEVERITY)];
}

/** It and all that are more urgent. */
export const levelsFrom = (level: LogLevel): LogLevel[] => logLevels.slice(logLevels.indexOf(level));

function levelOfNumber(number: number): LogLevel | undefined {
  if (number >= PINO_STEP && number % PINO_STEP === 0 && number / PINO_STEP <= logLevels.length) {
    return logLevels[number / PINO_STEP - 1];
  }
  return syslogLevels[number] ?? levelOfSeverity(number);
}
