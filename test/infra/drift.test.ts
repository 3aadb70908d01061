import { describe, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { type FunctionRow, type Need, routesOf } from "../../functions/manifest-row.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type EnvironmentSettings, environments } from "../../lib/environments.ts";
import { type Resource, type Synthesized, synthesize } from "./synthesized.ts";

const always = ["LOG_LEVEL", "NODE_OPTIONS", "POWERTOOLS_SERVICE_NAME", "TELEMETRY_ENVIRONMENT"];
const database = [
  "DATABASE_CA_FILE",
  "DATABASE_HOST",
  "DATABASE_NAME",
  "DATABASE_PORT",
  "DATABASE_SECRET_ARN",
];
const keysByNeed = ({ measurements, logs }: EnvironmentSettings): Record<Need, readonly string[]> => ({
  broker: ["PARTITIONS", "RABBITMQ_ENDPOINT", "RABBITMQ_SECRET_ARN"],
  measurements: measurements === "timestream" ? ["TIMESTREAM_DATABASE"] : database,
  pointSize: measurements === "timestream" ? ["TIMESTREAM_DATABASE"] : [],
  registry: database,
  logs: ["LOGS_BACKEND", ...(logs === "opensearch" ? ["OPENSEARCH_ENDPOINT"] : database)],
  spool: ["SPOOL_BUCKET"],
  spooled: ["SPOOL_BUCKET"],
  sealed: ["SEALED_BUCKET"],
  seal: ["SEALED_BUCKET"],
  mail: [],
  internet: [],
  sockets: ["SOCKETS_ENDPOINT"],
  paging: ["PAGING_SECRET_ARN"],
});

describe.each(environments)("the templates of $name", (settings) => {
  const synthesized = synthesize(settings);
  const prefix = `telemetry-${settings.name}-`;
  const functions = new Map(
    synthesized
      .resources("AWS::Lambda::Function")
      .filter(({ Properties }) => String(Properties.FunctionName).startsWith(prefix))
      .map((resource) => [String(resource.Properties.FunctionName).slice(prefix.length), resource]),
  );
  const nameOf = (stack: string, id: unknown) =>
    [...functions].find(([, resource]) => resource.stack === stack && resource.id === id)?.[0];

  it("have one function for every row of the manifest, and no other", () => {
    expect([...functions.keys()].sort()).toEqual(manifest.map(({ name }) => name).sort());
  });

  it.each(manifest)("give $name exactly the environment that its row needs", ({ name, needs }) => {
    const { Variables } = functions.get(name)?.Properties.Environment ?? {};
    const expected = new Set([...always, ...needs.flatMap((need) => keysByNeed(settings)[need])]);
    expect(Object.keys(Variables).sort()).toEqual([...expected].sort());
    expect(Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: name,
      TELEMETRY_ENVIRONMENT: settings.name,
      ...(needs.includes("broker") && { PARTITIONS: String(settings.partitions) }),
    });
  });

  it.each(manifest)("give $name the memory and time of its row, on Node.js 24 and arm64, traced", (row) => {
    expect(functions.get(row.name)?.Properties).toMatchObject({
      MemorySize: row.memoryMb,
      Timeout: row.timeoutSeconds,
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      TracingConfig: { Mode: "Active" },
    });
  });

  it("put a function into the network if it needs anything there", () => {
    const inside = [...functions].filter(([, { Properties }]) => Properties.VpcConfig).map(([name]) => name);
    const needy = manifest
      .filter(({ needs }) => needs.some((need) => need !== "paging"))
      .map(({ name }) => name);
    expect(inside.sort()).toEqual(needy.sort());
  });

  it("have every route of the manifest as method and path, to its function, and no other [AWS-03]", () => {
    const methods = synthesized.resources("AWS::ApiGateway::Method").map(({ stack, Properties }) => ({
      method: Properties.HttpMethod,
      path: pathOf(synthesized, Properties.ResourceId),
      function: nameOf(stack, targetOf(Properties.Integration.Uri)),
    }));
    const expected = manifest.flatMap((row) =>
      routesOf(row).map(({ method, path }) => ({ method, path, function: row.name })),
    );
    expect(methods.sort(byRoute)).toEqual(expected.sort(byRoute));
  });

  it("send what a row of the manifest streams while it is made, for as long as the row says, and nothing else so", () => {
    for (const { stack, Properties } of synthesized.resources("AWS::ApiGateway::Method")) {
      const row = manifest.find(({ name }) => name === nameOf(stack, targetOf(Properties.Integration.Uri)));
      const { ResponseTransferMode, TimeoutInMillis, Uri } = Properties.Integration;
      const streamed = { mode: "STREAM", timeout: (row?.timeoutSeconds ?? 0) * 1_000, path: true };
      const buffered = { mode: undefined, timeout: undefined, path: false };
      const path = JSON.stringify(Uri).includes("/response-streaming-invocations");
      const found = { mode: ResponseTransferMode, timeout: TimeoutInMillis, path };
      expect(found).toEqual(row?.streams ? streamed : buffered);
    }
  });

  it("map every enabled queue with a consumer in the manifest once, in its batches, and no other [AWS-04]", () => {
    const mappings = synthesized.resources("AWS::Lambda::EventSourceMapping").map((resource) => ({
      queues: resource.Properties.Queues,
      batchSize: resource.Properties.BatchSize,
      windowSeconds: resource.Properties.MaximumBatchingWindowInSeconds,
      function: nameOf(resource.stack, resource.Properties.FunctionName.Ref),
    }));
    expect(mappings.sort(byQueue)).toEqual(expectedMappings(settings.partitions).sort(byQueue));
  });

  it("have the WebSocket API's routes, each to its function, and no other [AWS-03]", () => {
    const integrations = synthesized.resources("AWS::ApiGatewayV2::Integration");
    const routes = synthesized.resources("AWS::ApiGatewayV2::Route").map(({ stack, Properties }) => {
      const target = JSON.stringify(Properties.Target);
      const integration = integrations.find(({ id }) => target.includes(`"${id}"`));
      const fn = nameOf(stack, targetOf(integration?.Properties.IntegrationUri));
      return { key: Properties.RouteKey, answers: Properties.RouteResponseSelectionExpression, function: fn };
    });
    const expected = manifest.flatMap((row) =>
      row.triggers.flatMap((trigger) =>
        trigger.kind === "socket"
          ? trigger.routes.map((route) => ({
              key: `$${route}`,
              answers: route === "default" ? "$default" : undefined,
              function: row.name,
            }))
          : [],
      ),
    );
    expect(routes.sort(byKey)).toEqual(expected.sort(byKey));
  });

  it("let exactly the functions that need it send to WebSocket connections", () => {
    const granted = synthesized
      .resources("AWS::IAM::Policy")
      .filter(({ Properties }) => JSON.stringify(Properties).includes("execute-api:ManageConnections"));
    const needy = manifest.filter(({ needs }) => needs.includes("sockets"));
    expect(granted).toHaveLength(needy.length);
  });

  it("let a mapping go before the role whose rights remove its network interfaces", () => {
    for (const mapping of synthesized.resources("AWS::Lambda::EventSourceMapping")) {
      const consumer = synthesized
        .resources("AWS::Lambda::Function")
        .find(({ stack, id }) => stack === mapping.stack && id === mapping.Properties.FunctionName.Ref);
      const role = consumer?.Properties.Role["Fn::GetAtt"][0];
      const policy = policyOf(synthesized, mapping.stack, role);
      expect(mapping.DependsOn).toEqual(expect.arrayContaining([role, policy?.id]));
    }
  });

  it("run every schedule of the manifest at its interval", () => {
    const rules = synthesized.resources("AWS::Events::Rule").map(({ stack, Properties }) => ({
      rate: Properties.ScheduleExpression,
      functions: Properties.Targets.map((target: { Arn: { "Fn::GetAtt": string[] } }) =>
        nameOf(stack, target.Arn["Fn::GetAtt"][0]),
      ),
    }));
    expect(rules).toEqual(
      manifest.flatMap((row) =>
        intervalsOf(row).map((seconds) => ({ rate: rateOf(seconds), functions: [row.name] })),
      ),
    );
  });

  it("run what is triggered by a deploy before anything relies on it [AWS-02]", () => {
    const invoked = synthesized
      .resources("Custom::Trigger")
      .map(({ stack, Properties }) => versionedFunction(synthesized, stack, Properties.HandlerArn.Ref))
      .map((id) => nameOf("provisioning", id));
    const deployed = manifest.filter(({ triggers }) => triggers.some(({ kind }) => kind === "deploy"));
    expect(invoked.sort()).toEqual(deployed.map(({ name }) => name).sort());
    for (const stack of ["stream", "processing", "api"]) {
      expect(synthesized.dependencies.get(stack)).toContain("provisioning");
    }
    expect(synthesized.dependencies.get("provisioning")).toEqual(
      expect.arrayContaining(["network", "broker", "storage"]),
    );
  });

  it("let a deploy's functions run only once their way through the network is open", () => {
    const rules = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"]
      .flatMap((type) => synthesized.resources(type))
      .filter(({ stack }) => stack === "provisioning");
    const awaited = synthesized.resources("Custom::Trigger").flatMap(({ DependsOn }) => DependsOn);
    expect(rules.length).toBeGreaterThan(0);
    expect(awaited).toEqual(expect.arrayContaining(rules.map(({ id }) => id)));
  });
});

function expectedMappings(partitions: number) {
  const { queues } = topology({ partitions });
  return manifest.flatMap((row) =>
    row.triggers.flatMap((trigger) => {
      if (trigger.kind !== "queue") return [];
      return queues
        .filter(({ name, partition }) => name === trigger.queue || partition?.family === trigger.queue)
        .filter(({ enabled }) => enabled)
        .map((queue) => ({
          queues: [physicalName(queue)],
          batchSize: trigger.batchSize,
          windowSeconds: trigger.windowSeconds,
          function: row.name,
        }));
    }),
  );
}

const byQueue = (a: { queues: string[] }, b: { queues: string[] }) =>
  String(a.queues).localeCompare(String(b.queues));
const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);
const byRoute = (a: { method: string; path: string }, b: { method: string; path: string }) =>
  `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`);

const intervalsOf = ({ triggers }: FunctionRow) =>
  triggers.flatMap((trigger) => (trigger.kind === "schedule" ? [trigger.everySeconds] : []));

function rateOf(seconds: number): string {
  if (seconds % 3_600 === 0) return seconds === 3_600 ? "rate(1 hour)" : `rate(${seconds / 3_600} hours)`;
  return seconds === 60 ? "rate(1 minute)" : `rate(${seconds / 60} minutes)`;
}

/** Follows the resources of the REST API up to its root. */
function pathOf(synthesized: Synthesized, resourceId: { Ref?: string }): string {
  const resource = synthesized.resources("AWS::ApiGateway::Resource").find(({ id }) => id === resourceId.Ref);
  if (!resource) return "";
  return `${pathOf(synthesized, resource.Properties.ParentId)}/${resource.Properties.PathPart}`;
}

/** The function in an integration's URI. */
function targetOf(uri: { "Fn::Join": [string, unknown[]] }): unknown {
  const attribute = uri["Fn::Join"][1].find(
    (part): part is { "Fn::GetAtt": string[] } =>
      typeof part === "object" && part !== null && "Fn::GetAtt" in part,
  );
  return attribute?.["Fn::GetAtt"][0];
}

const policyOf = (synthesized: Synthesized, stack: string, role: unknown): Resource | undefined =>
  synthesized
    .resources("AWS::IAM::Policy")
    .find(
      (policy) =>
        policy.stack === stack && policy.Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
    );

const versionedFunction = (synthesized: Synthesized, stack: string, version: string): unknown =>
  synthesized
    .resources("AWS::Lambda::Version")
    .find((resource) => resource.stack === stack && resource.id === version)?.Properties.FunctionName.Ref;
