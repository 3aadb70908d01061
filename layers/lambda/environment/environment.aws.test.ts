import { PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { beforeAll, describe, expect, inject, it, vi } from "vitest";
import { freshBucket, s3Client } from "../../../test/aws/buckets.ts";
import { keptByMoto } from "../../../test/aws/kept-by-moto.ts";
import { PermanentError } from "../../core/errors.ts";
import { headAt } from "../../storage/sealed/port.contract.ts";
import { databaseUrl } from "./database.ts";
import { mailer } from "./mail.ts";
import { sealed } from "./sealed.ts";
import { sockets } from "./sockets.ts";
import { spool } from "./spool.ts";

// What functions are made of on Lambda, by nothing but the variables that the stack and Lambda itself set.

beforeAll(() => {
  vi.stubEnv("AWS_ENDPOINT_URL", inject("s3Url"));
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");
  vi.stubEnv("AWS_SESSION_TOKEN", "any");
  return () => vi.unstubAllEnvs();
});

describe("of its variables alone, a function on Lambda", () => {
  it("has the database's password from Secrets Manager, and the new one once it is rotated [AWS-08]", async () => {
    const client = new SecretsManagerClient({});
    const secret = (password: string) => JSON.stringify({ username: "telemetry", password });
    const { ARN = "" } = await client.send(
      new CreateSecretCommand({ Name: "database", SecretString: secret("p@ss/1") }),
    );
    vi.stubEnv("DATABASE_SECRET_ARN", ARN);
    vi.stubEnv("DATABASE_HOST", "db.internal");
    vi.stubEnv("DATABASE_PORT", "5432");
    vi.stubEnv("DATABASE_NAME", "telemetry");
    vi.stubEnv("DATABASE_CA_FILE", "/opt/ca.pem");
    const tls = "sslmode=verify-full&sslrootcert=%2Fopt%2Fca.pem";
    expect(await databaseUrl()).toBe(`postgres://telemetry:p%40ss%2F1@db.internal:5432/telemetry?${tls}`);
    await client.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: secret("new") }));
    expect(await databaseUrl()).toBe(`postgres://telemetry:new@db.internal:5432/telemetry?${tls}`);
    client.destroy();
  });

  it("says which secret it cannot have", async () => {
    vi.stubEnv("DATABASE_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf");
    await expect(databaseUrl()).rejects.toThrow("can't find the specified secret");
  });

  it("mails from a verified address, and knows for good that SES refuses another [AWS-08]", async () => {
    const mail = {
      to: ["ops@example.com"],
      subject: "Boiler 1 is hot: 95 °C",
      text: "as text",
      html: "<p>as HTML</p>",
      dedupKey: "alr_1",
    };
    vi.stubEnv("MAIL_FROM", "telemetry@example.com");
    await expect(mailer().send(mail)).rejects.toThrow(PermanentError);
    const client = new SESv2Client({});
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "telemetry@example.com" }));
    expect(await mailer().send(mail)).toMatch(/^SES took it as \S+$/);
    expect(await keptByMoto("ses", "Message")).toContainEqual(
      expect.objectContaining({ subject: mail.subject, source: "telemetry@example.com" }),
    );
    client.destroy();
  });

  it("sends to WebSocket connections, and closes them [AWS-08]", async () => {
    // Without a stage, behind which moto does not know the path.
    vi.stubEnv("SOCKETS_ENDPOINT", inject("s3Url"));
    const connection = "L0SM9cOFvHcCIhw=";
    const connections = sockets();
    expect(await connections.send(connection, '{"value":1}')).toBe("sent");
    await connections.close(connection, { code: 4_004, reason: "cancelled", frame: "{}" });
    vi.stubEnv("SOCKETS_ENDPOINT", "http://127.0.0.1:1");
    expect(await sockets().send(connection, "{}")).toBe("busy");
  });

  it("spools to its bucket and takes from it again [AWS-08]", async () => {
    const client = s3Client();
    vi.stubEnv("SPOOL_BUCKET", await freshBucket(client));
    const waiting = spool();
    await waiting.put([Buffer.from("r1"), Buffer.from("r2")]);
    expect(await waiting.depth()).toMatchObject({ records: 2 });
    const published: string[] = [];
    const publish = async (records: Buffer[]) => void published.push(...records.map(String));
    expect(await waiting.drain(publish, { records: 10, bytes: 1_000 })).toBe(2);
    expect(published).toEqual(["r1", "r2"]);
    await waiting.close();
    client.destroy();
  });

  it("seals heads of the audit in its bucket, by the bucket's own lock [AWS-05, AWS-08]", async () => {
    const client = s3Client();
    const Bucket = await freshBucket(client, { ObjectLockEnabledForBucket: true });
    vi.stubEnv("SEALED_BUCKET", Bucket);
    await expect(sealed().seal(headAt(1))).rejects.toThrow("COMPLIANCE");
    const Rule = { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
    await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    await sealed().seal(headAt(1));
    expect(await sealed().newest()).toEqual(headAt(1));
    client.destroy();
  });
});
