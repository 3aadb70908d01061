import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "amqplib";
import { freePort } from "../apps/local/services/ports.ts";
import type { ServiceProcess } from "../apps/local/services/process.ts";
import {
  defaultCacheDir,
  installedRabbitMq,
  programEnvironment,
  type RabbitMqInstallation,
  unpackedRabbitMq,
} from "../apps/local/services/rabbitmq-installation.ts";
import { controlOf, launchBroker, startEpmd } from "../apps/local/services/rabbitmq-native.ts";
import { dataFolder, writeConfiguration } from "../apps/local/services/rabbitmq-settings.ts";
import { startProxy, type TcpProxy } from "./proxy.ts";
import { temporaryHome } from "./temporary-home.ts";

const USER = "telemetry";
const PASSWORD = "telemetry-of-the-cluster";
const COOKIE = "the-cluster-of-the-tests";
const READY_MS = 120_000;

export interface ClusterNode {
  /** `rabbit1@localhost` */
  readonly name: string;
  readonly url: string;
  running: boolean;
  rabbitmqctl(args: readonly string[]): Promise<string>;
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
  /** Starts it again on its data. Resolves when it takes connections. */
  restart(): Promise<void>;
}

/** Three brokers on loopback that are one, behind one address, as Amazon MQ's load balancer shows a cluster. */
export interface Cluster {
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  discard(): Promise<void>;
}

interface Seat {
  name: string;
  folder: string;
  ports: { amqp: number; management: number; distribution: number; epmd: number };
}

export async function startCluster(size = 3): Promise<Cluster> {
  const home = await temporaryHome();
  const installation =
    installedRabbitMq() ?? (await unpackedRabbitMq({ cacheDir: defaultCacheDir(), progress: console.log }));
  const seats = await seatsIn(home, size);
  const epmd = await startEpmd(
    { ...programEnvironment(installation), HOME: home },
    { ports: seats[0].ports, folder: home },
  );
  const nodes: ClusterNode[] = [];
  // One after the other: the first makes the cluster that the others join.
  for (const seat of seats) nodes.push(await startNode(seat, seats, installation));
  const proxy = await balance(nodes);
  return {
    url: proxy.url,
    nodes,
    async discard() {
      await proxy.close();
      await Promise.all(nodes.map((node) => node.kill("SIGKILL")));
      await epmd.kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function seatsIn(home: string, size: number): Promise<[Seat, ...Seat[]]> {
  const epmd = await freePort();
  const taken = [epmd];
  const next = async () => {
    const port = await freePort(taken);
    taken.push(port);
    return port;
  };
  const seats: Seat[] = [];
  for (let number = 1; number <= size; number++) {
    const folder = join(home, `node-${number}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, ".erlang.cookie"), COOKIE, { mode: 0o400 });
    const ports = { epmd, amqp: await next(), management: await next(), distribution: await next() };
    seats.push({ name: `rabbit${number}@localhost`, folder, ports });
  }
  const [first, ...others] = seats;
  if (!first) throw new RangeError(`expected a cluster of at least one node, got ${size}`);
  return [first, ...others];
}

async function startNode(
  seat: Seat,
  seats: readonly Seat[],
  installation: RabbitMqInstallation,
): Promise<ClusterNode> {
  const { name, folder, ports } = seat;
  const url = `amqp://${USER}:${PASSWORD}@127.0.0.1:${ports.amqp}/%2F`;
  const env = { ...programEnvironment(installation), ...(await configure(seat, seats)) };
  let broker: ServiceProcess;
  const node: ClusterNode = {
    name,
    url,
    running: false,
    rabbitmqctl: (args) => controlOf(broker, installation, env)(args),
    async kill(signal) {
      node.running = signal === "SIGCONT";
      await broker.kill(signal);
    },
    async restart() {
      broker = await launchBroker(installation, { folder, logFile: join(folder, "rabbitmq.log") }, env);
      await broker.ready(() => accepts(url), READY_MS);
      node.running = true;
    },
  };
  await node.restart();
  return node;
}

async function configure(seat: Seat, seats: readonly Seat[]): Promise<NodeJS.ProcessEnv> {
  const { name, folder, ports } = seat;
  const env = await writeConfiguration({
    ...{ folder, ports, user: USER, password: PASSWORD, management: false },
    logFile: join(folder, "rabbitmq.log"),
    runningFile: join(folder, "running.json"),
  });
  const peers = seats.map((peer, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${peer.name}`);
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    `load_definitions = ${join(folder, "definitions.json")}`,
    "vm_memory_high_watermark.relative = 0.1",
    "disk_free_limit.absolute = 200MB",
    // As Amazon MQ's clusters do: the smaller side of a split stops.
    "cluster_partition_handling = pause_minority",
    "cluster_formation.peer_discovery_backend = classic_config",
    ...peers,
  ];
  await writeFile(join(folder, "rabbitmq.conf"), `${lines.join("\n")}\n`);
  return { ...env, RABBITMQ_NODENAME: name, RABBITMQ_MNESIA_BASE: dataFolder(folder) };
}

/** Each connection goes to the next node that runs. */
function balance(nodes: readonly ClusterNode[]): Promise<TcpProxy> {
  let turn = 0;
  return startProxy(() => {
    const running = nodes.filter((node) => node.running);
    turn++;
    const node = running[turn % Math.max(1, running.length)] ?? nodes[0];
    if (!node) throw new RangeError("expected a cluster with nodes");
    return node.url;
  });
}

async function accepts(url: string): Promise<boolean> {
  try {
    await (await connect(url, { timeout: 5_000 })).close();
    return true;
  } catch {
    return false;
  }
}
