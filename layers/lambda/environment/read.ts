import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";

// The environment that CDK wrote, by the keys of layers/lambda/environment-keys.ts: the one place that reads it.

/** @throws naming the variable that is missing */
export function read(key: string): string {
  const value = process.env[key];
  if (!value) throw new Error(`expected the environment variable ${key}, which the stack sets`);
  return value;
}

const secretSchema = z.object({ username: z.string(), password: z.string() });

let secretsManager: SecretsManagerClient | undefined;

/** The credentials in the secret whose ARN is in the variable `key`. */
export const readSecret = async (key: string): Promise<z.infer<typeof secretSchema>> =>
  secretSchema.parse(await readJsonSecret(key));

/** What is in the secret whose ARN is in the variable `key`. */
export const readJsonSecret = async (key: string): Promise<unknown> => JSON.parse(await readSecretText(key));

/** The same of one that is a plain text. */
export async function readSecretText(key: string): Promise<string> {
  secretsManager ??= new SecretsManagerClient({});
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: read(key) }));
  if (!SecretString) throw new Error(`expected a text in the secret that ${key} names, got none`);
  return SecretString;
}
