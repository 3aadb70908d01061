import { dirname } from "node:path";
import { type FileLogger, openLog } from "../../apps/local/logger.ts";
import { type Runtime, startRuntime, subscriptionsOf } from "../../apps/local/runtime.ts";
import { type QueueSource, startQueueSource } from "../../apps/local/sources/queue-source.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import { Arrivals, type WantedArrivals } from "../arrivals.ts";
import { serve } from "../worker.ts";

// The platform as `npm start` runs it, its log in a file. Only the handler of count-usage is wrapped, to note when
// each event is through: its effects committed.

export interface PlatformStart {
  amqpUrl: string;
  databaseUrl: string;
  logFile: string;
}

const apiKey = "key_admin.of-the-benchmarks-and-nobody-else";
const processed = new Arrivals();

let logger: FileLogger;
let runtime: Runtime;
let queues: QueueSource;

const tasks = {
  async start({ amqpUrl, databaseUrl, logFile }: PlatformStart) {
    logger = openLog(logFile);
    const home = dirname(logFile);
    runtime = await startRuntime({ amqpUrl, databaseUrl, home, apiKey, logger, port: 0, consume: false });
    const { functions, dependencies } = runtime;
    const queue = { ...functions.queue, "count-usage": noting(functions.queue["count-usage"]) };
    const subscriptions = subscriptionsOf({ queue }, dependencies.topology);
    queues = startQueueSource({ url: amqpUrl, subscriptions, logger });
    return { url: runtime.url, apiKey };
  },

  /** When each event of a run was processed. */
  processed: (wanted: WantedArrivals) => processed.all(wanted),

  /** How much memory its process holds, in bytes. */
  rss: () => process.memoryUsage.rss(),
};

function noting(handler: QueueHandler | undefined): QueueHandler {
  if (!handler) throw new Error("expected a handler for count-usage");
  return async (event) => {
    await handler(event);
    for (const messages of Object.values(event.rmqMessagesByQueue)) {
      for (const { basicProperties } of messages) processed.note(basicProperties.messageId);
    }
  };
}

export type Platform = typeof tasks;

serve(tasks, async () => {
  await queues?.stop();
  await runtime?.stop();
  await logger?.close();
});
