import type { Construct } from "constructs";
import { topology } from "../../layers/topology/topology.ts";
import { QueueConsumer } from "../constructs/queue-consumer.ts";
import { ServiceFunction } from "../constructs/service-function.ts";
import { consumedQueues } from "../consumed-queues.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { runByTheClock } from "../schedules.ts";
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
      runByTheClock(this, row, consumer.fn);
    }
  }
}
