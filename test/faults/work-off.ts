import { expect } from "vitest";
import type { RuntimeOptions } from "../../apps/local/runtime.ts";
import { createBrokerView } from "../../layers/broker/depths.ts";
import { type Topology, topology } from "../../layers/topology/topology.ts";
import { type Place, startOn } from "./place.ts";

/**
 * Runs consumers until no message is left anywhere: what failed for good is recorded. That nothing is in anybody's
 * hands shows only when no consumer is there, so they are stopped to look, and started again if something came back.
 */
export async function workOff(place: Place, options: Partial<RuntimeOptions> = {}): Promise<void> {
  const table = topology({ partitions: options.partitions });
  do {
    const runtime = await startOn(place, options);
    try {
      await expect.poll(() => waitingMessages(place, table), { timeout: 90_000, interval: 100 }).toBe(0);
    } finally {
      await runtime.stop();
    }
  } while (!(await staysEmpty(place, table)));
}

/** The broker takes back what a consumer had in its hands a moment after the consumer has gone. */
async function staysEmpty(place: Place, table: Topology): Promise<boolean> {
  for (let look = 0; look < 10; look++) {
    if ((await waitingMessages(place, table)) > 0) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

/** Those ready for a consumer or on a rung; not what a consumer has in its hands. */
async function waitingMessages({ amqpUrl }: Place, table: Topology): Promise<number> {
  const view = createBrokerView({ url: amqpUrl, name: "fault tests" });
  try {
    const depths = await view.depths(table);
    return depths.reduce((sum, { ready }) => sum + ready, 0);
  } finally {
    await view.close();
  }
}
