import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { brokerUrlOf } from "../../layers/broker/broker-url.ts";
import { describe, faultsOf } from "../../layers/core/envelope.ts";
import { TelemetryError } from "../../layers/core/errors.ts";

/** Where the platform is that a verb talks to. */
export interface Platform {
  /** Of the HTTP API, without a slash at the end. */
  url: string;
  apiKey: string;
  /** The local run it was found by; none where TELEMETRY_URL names it. */
  run?: LocalRun;
}

/** What `telemetry up` writes into `<home>/run.json` while it runs. */
export type LocalRun = z.infer<typeof runSchema>;

/** What the verbs read of the environment. Nothing else in the command line reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const httpUrl = z.url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" });
const amqpUrl = z.string().regex(/^amqps?:\/\/./, "expected an amqp:// or amqps:// URL");

const environmentSchema = z.object({
  TELEMETRY_URL: httpUrl.optional(),
  TELEMETRY_API_KEY: z.string().optional(),
  TELEMETRY_HOME: z.string().default(".telemetry"),
  RABBITMQ_URL: amqpUrl.optional(),
  RABBITMQ_USER: z.string().optional(),
  RABBITMQ_PASS: z.string().optional(),
  RABBITMQ_CA_FILE: z.string().optional(),
});

const runSchema = z.object({
  url: httpUrl,
  amqpUrl,
  databaseUrl: z.string(),
  pid: z.int().positive(),
});

/** A setting is missing or wrong; the message says which and what to do. */
export class SettingsError extends TelemetryError {}

/** @throws {SettingsError} neither the environment nor a local run says where the platform is */
export function findPlatform(environment: Environment = process.env): Platform {
  const { TELEMETRY_URL: url, TELEMETRY_API_KEY: apiKey } = read(environment);
  if (url) {
    if (!apiKey) throw new SettingsError("TELEMETRY_URL is set but TELEMETRY_API_KEY is not: set both");
    return { url: withoutSlash(url), apiKey };
  }
  const home = homeOf(environment);
  const run = localRun(home);
  return { url: withoutSlash(run.url), apiKey: apiKey ?? keptKey(home), run };
}

/** @throws {SettingsError} */
export function findBroker(environment: Environment = process.env): string {
  const { RABBITMQ_URL, TELEMETRY_URL, ...others } = read(environment);
  if (RABBITMQ_URL) return brokerUrlOf({ RABBITMQ_URL, ...others });
  if (TELEMETRY_URL) {
    throw new SettingsError(
      "TELEMETRY_URL names a platform whose broker is not known: set RABBITMQ_URL to its amqp:// or amqps:// URL",
    );
  }
  return localRun(homeOf(environment)).amqpUrl;
}

/** The folder that holds a local run's state, whether there is one or not. */
export const homeOf = (environment: Environment = process.env): string =>
  resolve(read(environment).TELEMETRY_HOME);

function read(environment: Environment): z.infer<typeof environmentSchema> {
  const set = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = environmentSchema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  throw new SettingsError(`in the environment: ${describe(faultsOf(parsed.error))}`);
}

function localRun(home: string): LocalRun {
  const file = join(home, "run.json");
  const text = readIfThere(file);
  if (text === undefined) {
    throw new SettingsError(
      `no platform found (there is no ${file}): start one with npm start, or set TELEMETRY_URL and TELEMETRY_API_KEY`,
    );
  }
  const run = parseRun(file, text);
  if (isAlive(run.pid)) return run;
  throw new SettingsError(
    `the run that ${file} tells of (pid ${run.pid}) has ended: start one with npm start, ` +
      "or set TELEMETRY_URL and TELEMETRY_API_KEY",
  );
}

function parseRun(file: string, text: string): LocalRun {
  try {
    return runSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? describe(faultsOf(cause)) : "not JSON";
    throw new SettingsError(`${file} is not as "telemetry up" writes it (${why}): start it again`, { cause });
  }
}

function keptKey(home: string): string {
  const file = join(home, "api-key");
  const key = readIfThere(file)?.trim();
  if (key) return key;
  throw new SettingsError(`no API key in ${file}: set TELEMETRY_API_KEY`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A run that was killed leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");
