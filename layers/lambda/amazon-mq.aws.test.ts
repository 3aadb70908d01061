import { CreateBrokerCommand, MqClient } from "@aws-sdk/client-mq";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { runningBroker } from "./amazon-mq.ts";

let client: MqClient;

beforeAll(() => {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  client = new MqClient({ endpoint: inject("s3Url"), region: "eu-central-1", credentials });
});
afterAll(() => client.destroy());

it("finds the broker and where its management API is [AWS-02]", async () => {
  const { BrokerId = "" } = await client.send(
    new CreateBrokerCommand({
      ...{ BrokerName: "telemetry-dev", EngineType: "RABBITMQ", EngineVersion: "4.2" },
      ...{ HostInstanceType: "mq.m7g.medium", DeploymentMode: "SINGLE_INSTANCE", PubliclyAccessible: false },
      Users: [{ Username: "telemetry", Password: "0123456789abc" }],
    }),
  );
  expect(await runningBroker({ client, brokerId: BrokerId })).toEqual({
    amqp: expect.stringMatching(/^amqps:\/\/.+:5671$/),
    management: expect.stringMatching(/^https:\/\/.+/),
  });
});

it("says so of a broker that is not there", async () => {
  const asking = runningBroker({ client, brokerId: "b-unknown" });
  await expect(asking).rejects.toThrow(/cannot ask Amazon MQ for broker b-unknown: /);
});
