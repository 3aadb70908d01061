import { describe, expect, it } from "vitest";
import { manifest, rowOf } from "../../functions/manifest.ts";
import { topology } from "../../layers/topology/topology.ts";
import { consumedQueues } from "../../lib/consumed-queues.ts";
import { checkEnvironments, environments, environmentsNamed } from "../../lib/environments.ts";

describe("the table of environments", () => {
  const [dev] = environments;

  it("has dev, staging and prod [AWS-01]", () => {
    expect(environments.map(({ name }) => name)).toEqual(["dev", "staging", "prod"]);
  });

  it("protects the data of prod, and runs its broker as a cluster [AWS-02]", () => {
    const prod = environments.find(({ name }) => name === "prod");
    expect(prod).toMatchObject({ protectData: true, broker: { deploymentMode: "CLUSTER_MULTI_AZ" } });
  });

  it("refuses a setting that nothing reads, by name", () => {
    expect(() => checkEnvironments([{ ...dev, colour: "green" }])).toThrow(/Unrecognized key: "colour"/);
  });

  it.each([
    [{ partitions: 17 }, /partitions/],
    [{ broker: { ...dev?.broker, instanceType: "mq.t3.micro" } }, /broker.instanceType/],
    [{ database: { ...dev?.database, minCapacity: 4 } }, /minCapacity exceeds maxCapacity/],
    [{ jwt: { issuer: "me", audience: "you", jwksUrl: "http://keys.example.com" } }, /jwt.jwksUrl/],
    [
      { jwt: { issuer: "me", audience: "you", jwksUrl: "https://keys.example.com" }, natGateways: 0 },
      /natGateways/,
    ],
  ])("refuses %o", (change, message) => {
    expect(() => checkEnvironments([{ ...dev, ...change }])).toThrow(message);
  });
});

describe("the environment that a command names", () => {
  it("is that one alone", () => {
    expect(environmentsNamed("staging").map(({ name }) => name)).toEqual(["staging"]);
  });

  it("is every one by the name of all", () => {
    expect(environmentsNamed("all")).toEqual(environments);
  });

  it("is refused if the table does not have it, and says what it has", () => {
    expect(() => environmentsNamed("production")).toThrow(
      'expected -c env=… to be one of dev, staging, prod, all; got "production"',
    );
  });
});

describe("the queues that functions consume", () => {
  it("are each queue of a partitioned family", () => {
    const consumed = consumedQueues(manifest, topology({ partitions: 3 }));
    const points = consumed.filter(({ row }) => row.name === "record-points");
    expect(points.map(({ queue, batchSize }) => [queue.name, batchSize])).toEqual([
      ["telemetry.points.0", 50],
      ["telemetry.points.1", 50],
      ["telemetry.points.2", 50],
    ]);
  });

  it("must be those that the topology has", () => {
    const row = {
      ...rowOf("count-usage"),
      triggers: [{ kind: "queue" as const, queue: "nowhere", batchSize: 1 }],
    };
    expect(() => consumedQueues([row], topology())).toThrow('layers/topology has no queue "nowhere"');
  });

  it("must include every enabled queue with a consumer: an unread queue only grows", () => {
    expect(() => consumedQueues([rowOf("count-usage")], topology())).toThrow(
      /queue "telemetry.points.0" names the consumer "record-points"/,
    );
  });
});
