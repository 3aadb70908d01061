import { describe, expect, it } from "vitest";
import { manifest, rowOf } from "../../functions/manifest.ts";
import { topology } from "../../layers/topology/topology.ts";
import { connectionLimit } from "../../lib/broker-limits.ts";
import { consumedQueues } from "../../lib/consumed-queues.ts";
import { checkEnvironments, environments, environmentsNamed } from "../../lib/environments.ts";
import { reservedConcurrency } from "../../lib/reserved-concurrency.ts";

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
    [{ logs: "opensearch" }, /search/],
    [
      {
        search: {
          instanceType: "m7g.large.search",
          masterInstanceType: "m7g.medium.search",
          nodes: 2,
          volumeGb: 50,
        },
      },
      /expected a domain where logs are in opensearch/,
    ],
    [{ measurements: "timestream", natGateways: 0 }, /Timestream is reached over the internet/],
    [
      { site: { hostName: "a.example.com", certificateArn: "arn:aws:acm:eu-west-1:1:certificate/1" } },
      /us-east-1/,
    ],
    [{ runbookUrl: "http://example.com" }, /runbookUrl/],
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

describe("the concurrency that is reserved", () => {
  const small = { name: "dev", partitions: 2, broker: { instanceType: "mq.m7g.medium" } } as const;
  const reserve = (changes: object) => reservedConcurrency(manifest, { ...small, ...changes } as never);
  const connected = manifest.filter(({ needs }) => needs.includes("broker"));

  it("keeps all functions together below what a small broker takes, and is there for each of them [AWS-02]", () => {
    const reserved = reserve({});
    expect([...reserved.keys()].sort()).toEqual(connected.map(({ name }) => name).sort());
    const processes = [...reserved.values()].reduce((sum, one) => sum + one, 0);
    expect(2 * processes).toBeLessThan(0.8 * connectionLimit(small.broker));
    for (const [name, concurrency] of reserved) expect(concurrency, name).toBeGreaterThan(0);
  });

  it("gives ingest the most, and a consumer one process for each of its queues", () => {
    const reserved = reserve({ partitions: 4 });
    expect(reserved.get("record-points")).toBe(4);
    const most = Math.max(...reserved.values());
    expect(reserved.get("ingest-points")).toBe(most);
  });

  it("refuses what a broker is too small for, and says what it takes", () => {
    const others = Array.from({ length: 40 }, (_, i) => ({ ...rowOf("describe-bus"), name: `other-${i}` }));
    expect(() =>
      reservedConcurrency([...manifest, ...others], { ...small, partitions: 16 } as never),
    ).toThrow(
      /lib\/environments.ts: dev: expected a broker that takes \d+ connections, mq.m7g.medium takes 300/,
    );
  });

  it("is nothing where the broker takes more than Lambda runs", () => {
    expect(reserve({ broker: { instanceType: "mq.m7g.large" } }).size).toBe(0);
  });
});
