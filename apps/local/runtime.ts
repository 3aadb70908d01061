import { join } from "node:path";
import { manifest } from "../../functions/manifest.ts";
import { createBus } from "../../layers/broker/bus.ts";
import { createBrokerView } from "../../layers/broker/depths.ts";
import { createSpoolingBus, INGEST_DEADLINE_MS } from "../../layers/broker/spooling-bus.ts";
import { systemClock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import { noMetrics } from "../../layers/core/own-metrics.ts";
import { ensureAdminKey } from "../../layers/lambda/admin-key.ts";
import { createAuthenticator } from "../../layers/lambda/auth.ts";
import { openTokens, type TokenSettings } from "../../layers/lambda/tokens.ts";
import { createPoster, type PosterOptions } from "../../layers/notify/poster.ts";
import { createSender } from "../../layers/notify/sender.ts";
import { openPostgresLogs } from "../../layers/storage/logs/postgres/logs.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../layers/storage/measurements/postgres/measurements.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { openSealedFile } from "../../layers/storage/sealed/file.ts";
import { openDiskSpool } from "../../layers/storage/spool/disk.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { type Topology, topology as topologyOf } from "../../layers/topology/topology.ts";
import { type LocalDependencies, type LocalFunctions, localFunctions, required } from "./functions.ts";
import { createOpenSockets, type OpenSockets } from "./gateway/open-sockets.ts";
import { type Gateway, startGateway } from "./gateway/server.ts";
import { createSocketServer } from "./gateway/socket-server.ts";
import { createFileMailer } from "./mail.ts";
import {
  type QueueSource,
  type QueueSourceOptions,
  type QueueSubscription,
  startQueueSource,
} from "./sources/queue-source.ts";
import { startScheduleSource } from "./sources/schedule-source.ts";
import { createTimerWake } from "./timer-wake.ts";
import { version } from "./version.ts";

export interface RuntimeOptions {
  amqpUrl: string;
  databaseUrl: string;
  /** Folder for what is kept outside both: `audit-heads`, `mail`, `spool`. */
  home: string;
  /** How much may wait in the spool while the broker is away. @default 1073741824 */
  maxSpoolBytes?: number;
  /** 0 for any free one. */
  port: number;
  /** The admin key to begin with. */
  apiKey: string;
  logger: Logger;
  /** @default 4 */
  partitions?: number;
  /** See `QueueSourceOptions`. @default "hold" */
  onFailure?: QueueSourceOptions["onFailure"];
  /** Run once the topology and the schemas are there, before anything counts on them. */
  prepared?: () => Promise<void>;
  /** False takes requests only and consumes nothing. @default true */
  consume?: boolean;
  /** How channels are reached; `pagerDutyBase` stands for PagerDuty's own hosts. @default public addresses only */
  notifications?: PosterOptions & { pagerDutyBase?: string };
  /** Whose tokens are accepted beside the keys. @default nobody's */
  jwt?: TokenSettings;
  /** The folder of the built console. @default none is served */
  consoleFolder?: string;
  /** Closed with the runtime. @default in the database */
  measurements?: Measurements;
}

export interface Runtime {
  /** `http://127.0.0.1:8218` */
  url: string;
  dependencies: LocalDependencies;
  functions: LocalFunctions;
  stop(): Promise<void>;
}

/**
 * The platform in one process, on a broker and a database that are there: schema and topology, then the
 * consumers, then the HTTP server. `stop` goes the other way, and finishes what is under way.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const topology = topologyOf({ partitions: options.partitions });
  const { dependencies, sockets: open, close } = await openDependencies(options, topology);
  try {
    const functions = localFunctions(dependencies);
    for (const name of functionsWith("deploy")) await required(functions.deploy, name)();
    await options.prepared?.();
    for (const name of functionsWith("schedule", "deploy")) await required(functions.schedule, name)();
    await ensureAdminKey(dependencies.registry.keys, options.apiKey);
    const sources = options.consume === false ? undefined : startSources(options, functions, topology);
    const sockets = socketServer(options, functions, open);
    const gateway = await startGateway({ ...options, manifest, handlers: functions.http, sockets }).catch(
      async (error) => {
        await sources?.stop();
        throw error;
      },
    );
    dependencies.service.port = gateway.port;
    return {
      url: `http://127.0.0.1:${gateway.port}`,
      dependencies,
      functions,
      stop: () => stop(gateway, sources, close),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const socketServer = ({ logger }: RuntimeOptions, { socket }: LocalFunctions, open: OpenSockets) =>
  createSocketServer({ manifest, handlers: socket, open, logger });

async function openDependencies(options: RuntimeOptions, topology: Topology) {
  const { amqpUrl, databaseUrl, home, maxSpoolBytes: maxBytes, logger, port } = options;
  const clock = systemClock;
  const spool = await openDiskSpool({ directory: join(home, "spool"), maxBytes });
  const registry = openPostgresRegistry({ connectionString: databaseUrl, clock });
  const measurements =
    options.measurements ?? openPostgresMeasurements({ connectionString: databaseUrl, clock });
  const logs = openPostgresLogs({ connectionString: databaseUrl, clock });
  const sealed = openSealedFile(join(home, "audit-heads"));
  const bus = createBus({ url: amqpUrl, name: "bus" });
  const ingestBus = createBus({ url: amqpUrl, name: "ingest", deadlineMs: INGEST_DEADLINE_MS });
  const spoolingBus = createSpoolingBus({ bus: ingestBus, spool, logger });
  const broker = createBrokerView({ url: amqpUrl, name: "health" });
  const tokens = options.jwt && openTokens(options.jwt, clock);
  const authenticator = createAuthenticator(registry.keys, clock, tokens);
  const service = { version, port };
  const { pagerDutyBase, ...addresses } = options.notifications ?? {};
  const mailer = createFileMailer(join(home, "mail"));
  const send = createSender({ poster: createPoster(addresses), mailer, clock, pagerDutyBase });
  const sockets = createOpenSockets();
  const wake = createTimerWake(logger);
  const dependencies: LocalDependencies = {
    ...{
      clock,
      logger,
      metrics: noMetrics,
      authenticator,
      bus,
      broker,
      logs,
      measurements,
      registry,
      sealed,
      topology,
      service,
    },
    ...{ addresses, amqpUrl, databaseUrl, send, sockets, spool, spoolingBus, wake },
  };
  const close = async () => {
    await wake.stop();
    await Promise.all([bus.close(), broker.close(), logs.close(), measurements.close(), registry.close()]);
    await Promise.all([ingestBus.close(), spool.close()]);
  };
  return { dependencies, sockets, close };
}

interface Sources {
  stop(): Promise<void>;
}

function startSources(options: RuntimeOptions, functions: LocalFunctions, topology: Topology): Sources {
  const { amqpUrl: url, logger, onFailure } = options;
  const subscriptions = subscriptionsOf(functions, topology);
  const queues: QueueSource = startQueueSource({ url, subscriptions, logger, onFailure });
  const schedules = startScheduleSource(schedulesOf(functions), logger);
  return {
    async stop() {
      await Promise.all([queues.stop(), schedules.stop()]);
    },
  };
}

/** One per enabled queue that a function of the manifest consumes, each queue of a partitioned family by itself. */
export function subscriptionsOf(
  functions: Pick<LocalFunctions, "queue">,
  { queues }: Topology,
): QueueSubscription[] {
  return manifest.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) => {
      if (trigger.kind !== "queue") return [];
      return queues
        .filter(
          (queue) =>
            queue.enabled && (queue.name === trigger.queue || queue.partition?.family === trigger.queue),
        )
        .map((queue) => ({
          queue: physicalName(queue),
          batchSize: trigger.batchSize,
          windowMs: (trigger.windowSeconds ?? 0) * 1_000,
          handler: required(functions.queue, name),
        }));
    }),
  );
}

function schedulesOf(functions: LocalFunctions) {
  return manifest.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) =>
      trigger.kind === "schedule"
        ? [{ name, everySeconds: trigger.everySeconds, run: required(functions.schedule, name) }]
        : [],
    ),
  );
}

/** @param except those that this has triggered as well */
const functionsWith = (kind: "deploy" | "schedule", except?: "deploy"): string[] =>
  manifest
    .filter(({ triggers }) => triggers.some((trigger) => trigger.kind === kind))
    .filter(({ triggers }) => !triggers.some((trigger) => trigger.kind === except))
    .map(({ name }) => name);

async function stop(
  gateway: Gateway,
  sources: Sources | undefined,
  close: () => Promise<void>,
): Promise<void> {
  await gateway.close();
  await sources?.stop();
  await close();
}
