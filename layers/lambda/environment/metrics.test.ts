import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OWN_NAMESPACE, ownMetrics } from "../../core/own-metrics.ts";
import { counted, metrics } from "./metrics.ts";

let lines: Record<string, unknown>[];

beforeEach(() => {
  lines = [];
  vi.stubEnv("POWERTOOLS_SERVICE_NAME", "count-usage");
  vi.stubEnv("TELEMETRY_ENVIRONMENT", "dev");
  // Its own console is the process's output; this one can be listened to.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const dimensionsOf = (line: Record<string, unknown> | undefined) => {
  const { _aws } = line as { _aws: { CloudWatchMetrics: { Dimensions: string[][] }[] } };
  return _aws.CloudWatchMetrics[0]?.Dimensions.map((set) => [...set].sort());
};

it("writes what CloudWatch reads, with the dimensions that alarms expect [AWS-06]", () => {
  metrics().tell(ownMetrics.queueDepth, 7, "audit.trail");
  metrics().tell(ownMetrics.spoolAge, 1.5);
  expect(lines).toMatchObject([
    { service: "count-usage", environment: "dev", queue: "audit.trail", QueueDepth: 7 },
    { service: "count-usage", environment: "dev", SpoolAge: 1.5 },
  ]);
  expect(dimensionsOf(lines[0])).toEqual([["environment", "queue", "service"]]);
  expect(dimensionsOf(lines[1])).toEqual([["environment", "service"]]);
  expect(lines[0]?._aws).toMatchObject({
    CloudWatchMetrics: [{ Namespace: OWN_NAMESPACE, Metrics: [{ Name: "QueueDepth", Unit: "Count" }] }],
  });
});

it("counts what a consumer has settled, and nothing that comes again", async () => {
  const message = {} as never;
  const event = { rmqMessagesByQueue: { "telemetry.points.1::/": [message, message] } } as never;
  await counted(async () => undefined)(event);
  const failing = counted(async () => {
    throw new Error("the store is away");
  });
  await expect(failing(event)).rejects.toThrow("the store is away");
  expect(lines).toMatchObject([{ queue: "telemetry.points.1", QueueHandled: 2 }]);
  expect(lines).toHaveLength(1);
});
