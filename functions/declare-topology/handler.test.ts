import { afterEach, beforeEach, expect, it } from "vitest";
import { createBrokerView } from "../../layers/broker/depths.ts";
import { type Topology, topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { createHandler } from "./handler.ts";

/** As much of the table as is asked about here. */
const whole = topology();
const table: Topology = {
  exchanges: whole.exchanges,
  queues: whole.queues.filter(({ name }) => name === "audit.trail"),
  bindings: [],
};

let vhost: Fresh;

beforeEach(async () => {
  vhost = await freshVhost();
});
afterEach(() => vhost.drop());

it("declares, then provisions users, and renews them all only where a person says so [AWS-02, EVT-08]", async () => {
  const asked: { renewAll: boolean; declared: boolean }[] = [];
  const view = createBrokerView({ url: vhost.url, name: "test" });
  const handler = createHandler({
    topology: table,
    logger: silentLogger,
    administrator: async () => ({
      connection: { url: vhost.url, name: "test" },
      async provisionUsers({ renewAll }) {
        asked.push({ renewAll, declared: (await view.existing(["audit.trail"])).size === 1 });
        return [];
      },
    }),
  });
  await handler();
  await handler({ "detail-type": "Scheduled Event", renew: "true" });
  await handler({ renew: true });
  await view.close();
  expect(asked).toEqual([false, false, true].map((renewAll) => ({ renewAll, declared: true })));
});

it("fails where users cannot be provisioned, so that a deploy ends there", async () => {
  const handler = createHandler({
    topology: table,
    logger: silentLogger,
    administrator: async () => ({
      connection: { url: vhost.url, name: "test" },
      provisionUsers: async () => {
        throw new Error("the broker's user of notify: no way in");
      },
    }),
  });
  await expect(handler()).rejects.toThrow("the broker's user of notify");
});

it("provisions users one run at a time, whatever starts it", async () => {
  let inside = 0;
  let most = 0;
  const handler = createHandler({
    topology: table,
    logger: silentLogger,
    administrator: async () => ({
      connection: { url: vhost.url, name: "test" },
      async provisionUsers() {
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
        return [];
      },
    }),
  });
  await Promise.all([handler(), handler(), handler()]);
  expect(most).toBe(1);
});
