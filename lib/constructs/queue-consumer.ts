import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import type { Queue } from "../../layers/topology/topology.ts";
import type { RabbitmqBroker } from "./rabbitmq-broker.ts";
import type { ServiceFunction } from "./service-function.ts";

export interface QueueConsumerProps {
  broker: RabbitmqBroker;
  consumer: ServiceFunction;
  queue: Queue;
  /** Messages per invocation at most. */
  batchSize: number;
  /** How long a batch may wait for more; half a second where nothing is said ("Batching behavior", AWS Lambda). */
  windowSeconds?: number;
}

/** Has Lambda deliver one queue to a function, a batch at a time. An L1, because the L2 has no `queues`. */
export class QueueConsumer extends Construct {
  constructor(scope: Construct, { broker, consumer, queue, ...batches }: QueueConsumerProps) {
    super(scope, queue.name);
    const mapping = new CfnEventSourceMapping(this, "Mapping", {
      ...broker.grantConsume(consumer.fn, consumer.node.id),
      functionName: consumer.fn.functionName,
      queues: [physicalName(queue)],
      batchSize: batches.batchSize,
      maximumBatchingWindowInSeconds: batches.windowSeconds,
    });
    // Lambda removes the poller's network interfaces with the function's role: if that went first, they would
    // stay, and with them subnets and a security group that cannot be deleted.
    mapping.node.addDependency(consumer);
  }
}
