import { expect } from "vitest";
import { type Runtime, type RuntimeOptions, startRuntime } from "../../apps/local/runtime.ts";
import { createBrokerView } from "../../layers/broker/depths.ts";
import { DEAD_LETTER_QUEUE, type Topology, topology } from "../../layers/topology/topology.ts";
import { silentLogger } from "../silent-logger.ts";

/** A broker and a database on which runtimes come and go. */
export interface Place {
  amqpUrl: string;
  databaseUrl: string;
}

export const ADMIN_KEY = "key_admin.of-the-fault-tests-and-nobody-else";

export const startOn = (place: Place, options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  startRuntime({ ...place, port: 0, apiKey: ADMIN_KEY, logger: silentLogger, ...options });

/** Messages that wait for a consumer or on a rung; not the dead letters, and not what a consumer has in its hands. */
export async function waitingMessages({ amqpUrl }: Place, table: Topology = topology()): Promise<number> {
  const view = createBrokerView({ url: amqpUrl, name: "fault tests" });
  try {
    const depths = await view.depths(table);
    return depths.reduce((sum, { queue, ready }) => (queue === DEAD_LETTER_QUEUE ? sum : sum + ready), 0);
  } finally {
    await view.close();
  }
}

/**
 * Runs consumers until no message is left anywhere but among the dead letters. That nothing is in anybody's hands
 * shows only when no consumer is there, so they are stopped to look, and started again if something came back.
 */
export async function workOff(place: Place, options: Partial<RuntimeOptions> = {}): Promise<void> {
  const table = topology({ partitions: options.partitions });
  do {
    const runtime = await startOn(place, options);
    try {
      await expect.poll(() => waitingMessages(place, table), { timeout: 90_000, interval: 200 }).toBe(0);
    } finally {
      await runtime.stop();
    }
  } while ((await waitingMessages(place, table)) > 0);
}
