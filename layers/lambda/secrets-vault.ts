import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import type { Kept, Vault } from "../broker/credentials.ts";
import { asError, UnavailableError } from "../core/errors.ts";

const secretSchema = z.object({ username: z.string(), password: z.string() });

/** Credentials in Secrets Manager, one secret per service under a common prefix: what Lambda's pollers read, too. */
export function createSecretsVault(client: SecretsManagerClient, prefix: string): Vault {
  return {
    async read(service): Promise<Kept> {
      const id = `${prefix}${service}`;
      try {
        const { SecretString, CreatedDate } = await client.send(new GetSecretValueCommand({ SecretId: id }));
        const credentials = secretSchema.parse(JSON.parse(SecretString ?? "null"));
        // Of the version, not of the secret.
        return { ...credentials, since: CreatedDate?.getTime() ?? 0 };
      } catch (cause) {
        throw unreadable("read", id, cause);
      }
    },
    async replace(service, { username, password }) {
      const id = `${prefix}${service}`;
      const SecretString = JSON.stringify({ username, password });
      try {
        await client.send(new PutSecretValueCommand({ SecretId: id, SecretString }));
      } catch (cause) {
        throw unreadable("replace", id, cause);
      }
    },
  };
}

const unreadable = (what: string, id: string, cause: unknown): UnavailableError =>
  new UnavailableError(`cannot ${what} the secret ${id}: ${asError(cause).message}`, {
    code: "secret_unavailable",
    cause,
  });
