import { expect, it } from "vitest";
import { startCluster } from "../cluster.ts";
import { freshDatabase } from "../fresh.ts";
import { survivesDeathOfNodes } from "./cluster-deaths.ts";

it("loses nothing and counts nothing twice while the nodes of a cluster are killed one after the other [BUS-22]", async () => {
  const [cluster, database] = await Promise.all([startCluster(), freshDatabase()]);
  try {
    const { tally, owed } = await survivesDeathOfNodes(cluster, database.url, { deaths: 9 });
    expect(tally).toEqual(owed);
  } finally {
    await Promise.all([cluster.discard(), database.drop()]);
  }
});
