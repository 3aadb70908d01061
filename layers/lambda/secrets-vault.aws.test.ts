import { randomUUID } from "node:crypto";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { UnavailableError } from "../core/errors.ts";
import { createSecretsVault } from "./secrets-vault.ts";

let client: SecretsManagerClient;

beforeAll(() => {
  client = new SecretsManagerClient({
    endpoint: inject("s3Url"),
    region: "eu-central-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
  });
});
afterAll(() => client.destroy());

it("reads a service's credentials and since when they are there, and replaces them [EVT-08]", async () => {
  const prefix = `telemetry/${randomUUID()}/rabbitmq/`;
  const first = { username: "notify.1", password: "first" };
  const SecretString = JSON.stringify(first);
  await client.send(new CreateSecretCommand({ Name: `${prefix}notify`, SecretString }));
  const vault = createSecretsVault(client, prefix);
  const { since, ...found } = await vault.read("notify");
  expect(found).toEqual(first);
  expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
  await vault.replace("notify", { username: "notify.2", password: "second" });
  const replaced = await vault.read("notify");
  expect(replaced).toMatchObject({ username: "notify.2", password: "second" });
  expect(replaced.since).toBeGreaterThanOrEqual(since);
});

it("names the secret that is not there", async () => {
  const vault = createSecretsVault(client, "nowhere/");
  await expect(vault.read("notify")).rejects.toThrow(UnavailableError);
  await expect(vault.read("notify")).rejects.toThrow(/cannot read the secret nowhere\/notify/);
  const lost = { username: "notify.1", password: "x" };
  await expect(vault.replace("notify", lost)).rejects.toThrow(/cannot replace the secret nowhere\/notify/);
});
