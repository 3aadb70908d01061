import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cluster, type ClusterNode, startCluster } from "../cluster.ts";
import { type Fresh, freshDatabase } from "../fresh.ts";
import { survivesDeathOfNodes } from "./cluster-deaths.ts";

let cluster: Cluster;
let database: Fresh;

beforeAll(async () => {
  [cluster, database] = await Promise.all([startCluster(), freshDatabase()]);
});

afterAll(async () => {
  await Promise.all([cluster.discard(), database.drop()]);
});

it("loses nothing and counts nothing twice when a node of the cluster is killed under load [BUS-22]", {
  timeout: 180_000,
}, async () => {
  const { tally, owed, replicas } = await survivesDeathOfNodes(cluster, database.url, { deaths: 1 });
  expect(new Set(replicas)).toEqual(new Set(cluster.nodes.map(({ name }: ClusterNode) => name)));
  expect(tally).toEqual(owed);
});
