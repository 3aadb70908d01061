import { Metrics as Powertools } from "@aws-lambda-powertools/metrics";
import { type Metrics, OWN_NAMESPACE, ownMetrics } from "../../core/own-metrics.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import type { QueueHandler } from "../queue.ts";
import { read } from "./read.ts";

/**
 * Written to the function's log in CloudWatch's embedded metric format, whatever its level: no call, no permission.
 * The dimensions are the ones that lib/alarms expects.
 */
export function metrics(): Metrics {
  const environment = read(keys.environment);
  const service = read(keys.service);
  return {
    tell({ name, unit, by }, value, of) {
      const own = new Powertools({
        namespace: OWN_NAMESPACE,
        serviceName: service,
        singleMetric: true,
        defaultDimensions: { environment, ...(by && of !== undefined && { [by]: of }) },
      });
      own.addMetric(name, unit, value);
    },
  };
}

/** Counts what a consumer settles, so that a queue's depth can be told in seconds. */
export function counted(handler: QueueHandler): QueueHandler {
  const { tell } = metrics();
  return async (event) => {
    await handler(event);
    for (const [queue, messages] of Object.entries(event.rmqMessagesByQueue)) {
      tell(ownMetrics.queueHandled, messages.length, nameOf(queue));
    }
  };
}

/** AWS writes `queue::vhost`. */
const nameOf = (queue: string): string => queue.split("::")[0] ?? queue;
