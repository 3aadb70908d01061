import { Logger as PowertoolsLogger } from "@aws-lambda-powertools/logger";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import { type Bus, createBus } from "../layers/broker/bus.ts";
import type { ConnectionOptions } from "../layers/broker/connection.ts";
import { type BrokerView, createBrokerView } from "../layers/broker/depths.ts";
import { systemClock } from "../layers/core/clock.ts";
import type { Logger } from "../layers/core/logger.ts";
import { type Authenticator, createAuthenticator } from "../layers/lambda/auth.ts";
import { environmentKeys as keys } from "../layers/lambda/environment-keys.ts";
import type { Measurements } from "../layers/storage/measurements/port.ts";
import { openPostgresMeasurements } from "../layers/storage/measurements/postgres/measurements.ts";
import type { Registry } from "../layers/storage/registry/port.ts";
import { openPostgresRegistry } from "../layers/storage/registry/postgres/registry.ts";
import { type Topology, topology } from "../layers/topology/topology.ts";
import packageJson from "../package.json" with { type: "json" };
import type { ServiceInfo } from "./dependencies.ts";

// What the entries of the functions (lambda.ts) are made of, from the environment that CDK wrote: the one place
// that reads it. Each entry calls what its row in the manifest needs and nothing else.

const secretSchema = z.object({ username: z.string(), password: z.string() });

export const base = (): { clock: typeof systemClock; logger: Logger } => ({
  clock: systemClock,
  logger: new PowertoolsLogger() as Logger,
});

export const serviceInfo = (): ServiceInfo => ({ version: packageJson.version, port: 443 });

export const topologyFromEnvironment = (): Topology =>
  topology({ partitions: z.coerce.number().parse(read(keys.partitions)) });

/** The secret is read at every connection, so that a rotated one is picked up. */
export const brokerConnection = (): ConnectionOptions => ({ url: brokerUrl, name: read(keys.service) });

export const bus = (): Bus => createBus(brokerConnection());

export const brokerView = (): BrokerView => createBrokerView(brokerConnection());

export async function registry(): Promise<Registry> {
  return openPostgresRegistry({ connectionString: await databaseUrl() });
}

export async function measurements(): Promise<Measurements> {
  return openPostgresMeasurements({ connectionString: await databaseUrl() });
}

/** What every HTTP function is made of, and the registry that its keys are in. */
export async function httpBase(): Promise<
  ReturnType<typeof base> & { authenticator: Authenticator; registry: Registry }
> {
  const opened = await registry();
  return { ...base(), registry: opened, authenticator: createAuthenticator(opened.keys, systemClock) };
}

export async function databaseUrl(): Promise<string> {
  const { username, password } = await secret(keys.databaseSecretArn);
  const url = new URL(
    `postgres://${read(keys.databaseHost)}:${read(keys.databasePort)}/${read(keys.databaseName)}`,
  );
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  url.searchParams.set("sslmode", "verify-full");
  url.searchParams.set("sslrootcert", read(keys.databaseCaFile));
  return url.href;
}

async function brokerUrl(): Promise<string> {
  const { username, password } = await secret(keys.brokerSecretArn);
  const url = new URL(read(keys.brokerEndpoint));
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  url.pathname = "/%2F";
  return url.href;
}

let secretsManager: SecretsManagerClient | undefined;

async function secret(key: string): Promise<z.infer<typeof secretSchema>> {
  secretsManager ??= new SecretsManagerClient({});
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: read(key) }));
  return secretSchema.parse(JSON.parse(SecretString ?? "null"));
}

function read(key: string): string {
  const value = process.env[key];
  if (!value) throw new Error(`expected the environment variable ${key}, which the stack sets`);
  return value;
}
