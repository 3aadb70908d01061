import { afterEach, beforeEach, expect, it } from "vitest";
import { environmentsNamed } from "../../../../lib/environments.ts";
import { type AnsweringServer, type Reply, startAnsweringServer } from "../../../../test/answering-server.ts";
import { broker } from "./broker.ts";
import { concurrency } from "./concurrency.ts";
import { mail } from "./mail.ts";
import { timestream } from "./timestream.ts";

// What no emulator answers, as the services' API references say that they do. The requests are made by AWS's own
// clients, from AWS's own models.

const [prod] = environmentsNamed("prod");
if (!prod) throw new Error("expected an environment prod");
const account = { id: "123456789012", region: "eu-central-1", settings: prod };
const variables = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;
const former = variables.map((name) => [name, process.env[name]] as const);

let server: AnsweringServer;
let answer: Reply;

beforeEach(async () => {
  server = await startAnsweringServer(() => answer);
  const values = [server.url, "any", "any"];
  for (const [i, name] of variables.entries()) process.env[name] = values[i];
});

afterEach(async () => {
  for (const [name, value] of former) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await server.close();
});

const options = (versions: string[], modes = ["SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"]): Reply => ({
  status: 200,
  body: {
    brokerInstanceOptions: [
      {
        engineType: "RABBITMQ",
        hostInstanceType: prod.broker.instanceType,
        storageType: "EBS",
        supportedDeploymentModes: modes,
        supportedEngineVersions: versions,
      },
    ],
  },
});

it("finds the broker's type, version and mode among what Amazon MQ offers [AWS-02]", async () => {
  answer = options(["3.13", "4.2"]);
  expect(await broker.run(account)).toBe(
    "RabbitMQ 4.2 on mq.m7g.large as CLUSTER_MULTI_AZ is offered in eu-central-1",
  );
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /v1/broker-instance-options?engineType=RABBITMQ&hostInstanceType=mq.m7g.large",
  ]);
});

it("says what Amazon MQ offers instead [AWS-02]", async () => {
  answer = options(["3.13"]);
  await expect(broker.run(account)).rejects.toThrow("on this type there are: 3.13");
  answer = options(["4.2"], ["SINGLE_INSTANCE"]);
  await expect(broker.run(account)).rejects.toThrow("is not offered in eu-central-1");
  answer = { status: 200, body: { brokerInstanceOptions: [] } };
  await expect(broker.run(account)).rejects.toThrow("there are: none");
});

it("takes a right that the caller lacks for something that is not known", async () => {
  answer = {
    status: 403,
    headers: { "x-amzn-errortype": "AccessDeniedException" },
    body: { message: "User: arn:aws:iam::1:user/x is not authorized" },
  };
  await expect(broker.run(account)).rejects.toThrow(
    "not known: these credentials may not mq:DescribeBrokerInstanceOptions",
  );
});

it("says that Timestream takes no new customers, and what to set instead [AWS-05]", async () => {
  answer = {
    status: 400,
    body: {
      __type: "com.amazonaws.timestream.v20181101#AccessDeniedException",
      message: "Only existing Timestream for LiveAnalytics customers can access the service.",
    },
  };
  await expect(timestream.run(account)).rejects.toMatchObject({
    message: expect.stringMatching(/^AccessDeniedException: Only existing Timestream/),
    todo: expect.stringContaining('measurements: "postgres"'),
  });
  expect(server.asked[0]?.headers["x-amz-target"]).toBe("Timestream_20181101.DescribeEndpoints");
});

it("finds the sender of mail verified by its domain", async () => {
  const settings = { ...prod, mailFrom: "alerts@mail.example.com" };
  const notFound: Reply = {
    status: 404,
    headers: { "x-amzn-errortype": "NotFoundException" },
    body: { message: "Email identity does not exist" },
  };
  const verified: Reply = { status: 200, body: { IdentityType: "DOMAIN", VerifiedForSendingStatus: true } };
  await server.close();
  server = await startAnsweringServer(({ path }) => (path.includes("alerts") ? notFound : verified));
  process.env.AWS_ENDPOINT_URL = server.url;
  expect(await mail.run({ ...account, settings })).toBe("mail.example.com is verified in eu-central-1");
});

it("wants concurrency for every queue and for requests", async () => {
  const limits = (free: number) => ({
    status: 200,
    body: { AccountLimit: { ConcurrentExecutions: free, UnreservedConcurrentExecutions: free } },
  });
  answer = limits(10);
  await expect(concurrency.run(account)).rejects.toThrow(/^10 unreserved, \d+ needed/);
  answer = limits(1_000);
  expect(await concurrency.run(account)).toMatch(
    /^1000 unreserved, 67 needed \(17 queues, and 50 for requests\)/,
  );
});
