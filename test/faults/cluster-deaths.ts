import { setTimeout as pause } from "node:timers/promises";
import { persistDeclarations } from "../../apps/local/services/persist-declarations.ts";
import type { Cluster, ClusterNode } from "../cluster.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, type Tally, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

export interface Survived {
  tally: Tally;
  owed: Tally;
  /** The nodes that hold a copy of the first work queue. */
  replicas: string[];
}

/** Under load kills a node of the cluster, and starts it again before it kills the next. */
export async function survivesDeathOfNodes(
  cluster: Cluster,
  databaseUrl: string,
  { deaths }: { deaths: number },
): Promise<Survived> {
  const random = seededRandom();
  const place = { amqpUrl: cluster.url, databaseUrl };
  const runtime = await startOn(place);
  for (const node of cluster.nodes) await persistDeclarations(node);
  const ledger = new Ledger();
  try {
    const load = startLoad({ url: () => runtime.url, ledger, random, meanPauseMs: 10 });
    await grown(ledger, 1_000);
    const replicas = await replicasOf("metrics.updates", cluster);
    for (let death = 0; death < deaths; death++) {
      const victim = random.pick(cluster.nodes);
      await pause(random.below(300));
      await victim.kill("SIGKILL");
      await grown(ledger, 1_000);
      await victim.restart();
      await isWhole(cluster);
      await grown(ledger, 500);
    }
    await load.stop();
    await runtime.stop();
    await workOff(place);
    const title = `node of a cluster killed, ${deaths} times`;
    return { tally: await tallyOf(title, place, ledger, random.seed), owed: allStored(ledger), replicas };
  } finally {
    await runtime.stop();
  }
}

async function replicasOf(queue: string, { nodes }: Cluster): Promise<string[]> {
  const [node] = nodes;
  const listed = await node?.rabbitmqctl(["list_queues", "name", "members", "--formatter", "json"]);
  const queues: { name: string; members: string[] }[] = JSON.parse(listed ?? "[]");
  return queues.find(({ name }) => name === queue)?.members ?? [];
}

/** Every work queue's copy on every node has caught up, so that another node may go. */
async function isWhole({ nodes }: Cluster): Promise<void> {
  for (const node of nodes) {
    while (!(await isSafeToStop(node))) await pause(200);
  }
}

/** `rabbitmq-queues check_if_node_is_quorum_critical`, by way of the broker itself. */
async function isSafeToStop({ rabbitmqctl }: ClusterNode): Promise<boolean> {
  const critical = await rabbitmqctl(["eval", "rabbit_quorum_queue:list_with_minimum_quorum()."]);
  return critical.trim() === "[]";
}
