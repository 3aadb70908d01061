import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { environmentsNamed } from "../../../../lib/environments.ts";
import { telemetry } from "../../../../test/telemetry.ts";
import { mail } from "./mail.ts";
import { timestream } from "./timestream.ts";

// In a region that no other test uses, since what is made here stays for the run.
const REGION = "eu-west-2";

const [prod] = environmentsNamed("prod");
if (!prod) throw new Error("expected an environment prod");
const env = {
  AWS_ENDPOINT_URL: inject("s3Url"),
  AWS_ACCESS_KEY_ID: "any",
  AWS_SECRET_ACCESS_KEY: "any",
  AWS_REGION: REGION,
};
const former = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));

beforeAll(() => {
  Object.assign(process.env, env);
});

afterAll(() => {
  for (const [name, value] of Object.entries(former)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

interface Finding {
  check: string;
  state: string;
  detail: string;
  todo?: string;
}

async function examine(): Promise<Map<string, Finding>> {
  const { out, err } = await telemetry(["doctor", "--env", "prod", "--json"], { env });
  expect(err).toBe("");
  const findings = JSON.parse(out) as Finding[];
  return new Map(findings.map((finding) => [finding.check, finding]));
}

it("says what is missing before a first deploy, and how to come by it [AWS-05]", async () => {
  const before = await examine();
  expect(before.get("credentials")).toMatchObject({
    state: "works",
    detail: expect.stringContaining(REGION),
  });
  expect(before.get("bootstrap stack of CDK")).toMatchObject({
    state: "failed",
    todo: `npx cdk bootstrap aws://123456789012/${REGION}`,
  });
  expect(before.get("OpenSearch's service-linked role")).toMatchObject({ state: "failed" });
  expect(before.get("sender of mail")).toMatchObject({ state: "skipped" });
  expect(before.get("quota of VPCs")).toMatchObject({ state: "works", detail: "1 of 5 taken, 1 needed" });
  expect(before.get("quota of network interfaces")?.state).toBe("works");

  const client = new SSMClient({});
  const Name = "/cdk-bootstrap/hnb659fds/version";
  await client.send(new PutParameterCommand({ Name, Value: "5", Type: "String" }));
  expect((await examine()).get("bootstrap stack of CDK")).toMatchObject({
    state: "failed",
    detail: "expected version 6 or later, it is 5",
  });
  await client.send(new PutParameterCommand({ Name, Value: "30", Type: "String", Overwrite: true }));
  await new IAMClient({}).send(
    new CreateRoleCommand({
      RoleName: "AWSServiceRoleForAmazonOpenSearchService",
      Path: "/aws-service-role/opensearchservice.amazonaws.com/",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
    }),
  );
  const after = await examine();
  expect(after.get("bootstrap stack of CDK")).toMatchObject({ state: "works", detail: "version 30" });
  expect(after.get("OpenSearch's service-linked role")).toMatchObject({ state: "works" });
});

it("finds a sender of mail that nobody has verified yet", async () => {
  const account = { id: "1", region: REGION, settings: { ...prod, mailFrom: "alerts@mail.example.com" } };
  const refusal = `neither alerts@mail.example.com nor mail.example.com is verified in SES in ${REGION}`;
  await expect(mail.run(account)).rejects.toThrow(refusal);
  await new SESv2Client({}).send(new CreateEmailIdentityCommand({ EmailIdentity: "mail.example.com" }));
  await expect(mail.run(account)).rejects.toThrow(refusal);
});

it("finds Timestream open to who is its customer [AWS-05]", async () => {
  expect(await timestream.run({ id: "1", region: "us-east-1", settings: prod })).toBe(
    "this account is one of its customers, in us-east-1",
  );
});

it("names the environments that there are", async () => {
  const { code, err } = await telemetry(["doctor", "--env", "production"], { env });
  expect([code, err]).toEqual([2, expect.stringContaining("expected --env to be one of dev, staging, prod")]);
});
