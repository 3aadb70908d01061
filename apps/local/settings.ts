import { resolve } from "node:path";
import * as z from "zod";
import { brokerUrlOf } from "../../layers/broker/broker-url.ts";
import { describe, faultsOf } from "../../layers/core/envelope.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { LOGICAL_PARTITIONS } from "../../layers/core/partition.ts";
import type { TokenSettings } from "../../layers/lambda/tokens.ts";
import { DEFAULT_PARTITIONS } from "../../layers/topology/topology.ts";

/** Keys that came over an open line could be anybody's. */
const isPrivateOrSecure = (url: string): boolean =>
  url.startsWith("https:") || ["127.0.0.1", "[::1]", "localhost"].includes(URL.parse(url)?.hostname ?? "");

const schema = z.object({
  /** Where the HTTP server listens, on 127.0.0.1. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8218),
  /** Where the edge agent listens, or the next free port behind it. */
  EDGE_PORT: z.coerce.number().int().min(1).max(65_535).default(8219),
  /** Where data, logs, ports and secrets of the local run are kept. */
  TELEMETRY_HOME: z.string().min(1).default(".telemetry"),
  /** The admin key. */
  TELEMETRY_API_KEY: z
    .string()
    .min(16, "expected at least 16 characters")
    .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces")
    .optional(),
  /** A broker to use instead of a private one. */
  RABBITMQ_URL: z
    .string()
    .regex(/^amqps?:\/\//, "expected an amqp:// or amqps:// URL")
    .optional(),
  RABBITMQ_USER: z.string().min(1).optional(),
  RABBITMQ_PASS: z.string().min(1).optional(),
  /** PEM file with the authorities that an amqps:// broker's certificate is checked against. */
  RABBITMQ_CA_FILE: z.string().min(1).optional(),
  /** A database to use instead of a private one. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "expected a postgres:// URL")
    .optional(),
  /** Whether notification channels may lead to receivers on this machine, by http as well. */
  TELEMETRY_LOOPBACK_CHANNELS: z.stringbool("expected true or false").default(false),
  /** Whose JSON Web Tokens are accepted, for whom they must be, and where the issuer's keys are: all three or none. */
  TELEMETRY_JWT_ISSUER: z.string().min(1).optional(),
  TELEMETRY_JWT_AUDIENCE: z.string().min(1).optional(),
  TELEMETRY_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isPrivateOrSecure, "expected https")
    .optional(),
  /** Over how many queues recording is spread. */
  TELEMETRY_PARTITIONS: z.coerce.number().int().min(1).max(LOGICAL_PARTITIONS).default(DEFAULT_PARTITIONS),
});

export interface LocalSettings {
  port: number;
  edgePort: number;
  home: string;
  apiKey?: string;
  rabbitMqUrl?: string;
  databaseUrl?: string;
  loopbackChannels: boolean;
  partitions: number;
  jwt?: TokenSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {RefusedError} naming each variable that is not as it should be */
export function readSettings(environment: Environment = process.env): LocalSettings {
  const parsed = schema.safeParse(withoutEmpty(environment));
  if (!parsed.success) {
    const faults = faultsOf(parsed.error);
    throw new RefusedError(400, describe(faults), faults);
  }
  const settings = parsed.data;
  return {
    port: settings.PORT,
    edgePort: settings.EDGE_PORT,
    home: resolve(settings.TELEMETRY_HOME),
    apiKey: settings.TELEMETRY_API_KEY,
    rabbitMqUrl: settings.RABBITMQ_URL && brokerUrlOf({ ...settings, RABBITMQ_URL: settings.RABBITMQ_URL }),
    databaseUrl: settings.DATABASE_URL,
    loopbackChannels: settings.TELEMETRY_LOOPBACK_CHANNELS,
    partitions: settings.TELEMETRY_PARTITIONS,
    jwt: jwtOf(settings),
  };
}

/** Half of them would accept nobody, and look as if it did. */
function jwtOf(settings: z.infer<typeof schema>): TokenSettings | undefined {
  const {
    TELEMETRY_JWT_ISSUER: issuer,
    TELEMETRY_JWT_AUDIENCE: audience,
    TELEMETRY_JWKS_URL: jwksUrl,
  } = settings;
  if (issuer && audience && jwksUrl) return { issuer, audience, jwksUrl };
  if (!issuer && !audience && !jwksUrl) return undefined;
  const names = ["TELEMETRY_JWT_ISSUER", "TELEMETRY_JWT_AUDIENCE", "TELEMETRY_JWKS_URL"] as const;
  const faults = names
    .filter((name) => settings[name] === undefined)
    .map((path) => ({
      path,
      message: `expected together with ${names.filter((name) => name !== path).join(", ")}`,
    }));
  throw new RefusedError(400, describe(faults), faults);
}

/** `PORT=` in a file means: not set. */
function withoutEmpty(environment: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}
