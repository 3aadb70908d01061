import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import type { FunctionRow } from "../../functions/manifest-row.ts";
import { topology } from "../../layers/topology/topology.ts";
import { QueueConsumer } from "../constructs/queue-consumer.ts";
import { ServiceFunction } from "../constructs/service-function.ts";
import { consumedQueues } from "../consumed-queues.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class ProcessingStack extends TelemetryStack {
  constructor(scope: Construct, platform: Platform) {
    super(scope, "processing", platform.settings, "Consumers of queues, and what runs by the clock");
    const { broker, settings } = platform;
    const rows = rowsIn("processing");
    const consumed = consumedQueues(rows, topology({ partitions: settings.partitions }));
    for (const row of rows) {
      const consumer = new ServiceFunction(this, row, platform);
      for (const { row: _, ...queue } of consumed.filter((one) => one.row === row)) {
        new QueueConsumer(this, { broker, consumer, ...queue });
      }
      for (const everySeconds of intervalsOf(row)) {
        new Rule(this, `${row.name}-every-${everySeconds}s`, {
          schedule: Schedule.rate(Duration.seconds(everySeconds)),
          // The next run does what a failed one left.
          targets: [new LambdaFunction(consumer.fn, { retryAttempts: 0 })],
        });
      }
    }
  }
}

const intervalsOf = ({ triggers }: FunctionRow): number[] =>
  triggers.flatMap((trigger) => (trigger.kind === "schedule" ? [trigger.everySeconds] : []));
