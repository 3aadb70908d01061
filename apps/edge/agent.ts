import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Disk, nodeDisk } from "../../layers/buffer/disk.ts";
import { type Clock, systemClock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import manifest from "../../package.json" with { type: "json" };
import { type EdgeConfig, isLoopback } from "./config.ts";
import { DiskWatch, type ReadSpace, readSpace } from "./disk-watch.ts";
import type { MetricEntry, Sink } from "./entries.ts";
import { createTell } from "./events.ts";
import { Forwarder } from "./forward/forwarder.ts";
import { Journal } from "./forward/journal.ts";
import { openRejected } from "./forward/rejected.ts";
import { openSender } from "./forward/sender.ts";
import { createIngestLogs } from "./http/logs.ts";
import { createIngestPoints } from "./http/points.ts";
import { startServer } from "./http/server.ts";
import { encodeMetric, type LaneName, lanes } from "./lanes.ts";
import { prometheusText } from "./prometheus.ts";
import { Retention } from "./retention.ts";
import type { Source } from "./source.ts";
import { sources as kinds, type SourcePorts } from "./sources.ts";
import { type Status, statusOf, type Watched } from "./status.ts";
import { Store } from "./store.ts";

export interface AgentOptions {
  logger: Logger;
  /** @default the system's */
  clock?: Clock;
  /** Goes on evenly when the clock is set. @default performance.now */
  monotonicMs?: () => number;
  /** Of the buffers. @default the machine's */
  disk?: Disk;
  /** @default the file system's own */
  readSpace?: ReadSpace;
  /** How often it is looked for what is to be dropped. @default 5000 */
  retentionEveryMs?: number;
  /** How long the end waits for requests that are under way, and then for answers that are due. @default 10000 */
  stopMs?: number;
  /** From 0 up to, and without, 1. @default Math.random */
  random?: () => number;
}

export interface Agent {
  /** Where it listens. */
  readonly url: string;
  status(): Status;
  /** Everything that was acknowledged and not sent is on disk when it resolves. */
  stop(): Promise<void>;
}

type Stop = () => Promise<unknown>;

const RETENTION_EVERY_MS = 5_000;
const STOP_MS = 10_000;

/** @throws {UnavailableError} its buffer or its address cannot be had */
export async function startAgent(config: EdgeConfig, options: AgentOptions): Promise<Agent> {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const watched = await start(config, options, stops);
    const { clock = systemClock } = options;
    return { url: watched.listensAt, status: () => statusOf(watched, clock.now()), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** From the disk to the door, and back in reverse. */
async function start(config: EdgeConfig, options: AgentOptions, stops: Stop[]) {
  const { logger, clock = systemClock, disk = nodeDisk } = options;
  const { buffer, forward, device_id: deviceId } = config;
  const { dir: directory, max_size: maxBytes, max_age: maxAge } = buffer;
  const store = await Store.open({ directory, maxBytes, maxAge, disk, clock });
  stops.push(() => store.close());
  reportRecovery(store, logger);

  const forwarders = await openForwarders(config, store, options, stops);
  const taken: Record<LaneName, number> = { logs: 0, metrics: 0, events: 0 };
  const tell = createTell({ store, deviceId, clock });
  const { monotonicMs = () => performance.now(), retentionEveryMs = RETENTION_EVERY_MS } = options;
  const retention = new Retention({ store, maxAge: buffer.max_age, clock, monotonicMs, tell, logger });
  store.onAppend((lane, count) => {
    taken[lane] += count;
    forwarders[lane].wake();
    if (store.bytes > retention.target) void retention.enforce();
  });
  const read = options.readSpace ?? readSpace;
  const watch = new DiskWatch({ directory: buffer.dir, settings: config.disk, read, tell });
  stops.push(repeat(() => retention.enforce(), retentionEveryMs));
  stops.push(
    repeat(
      () => watch.look().catch((error) => logger.warn("the disk was not looked at", { error })),
      config.disk.interval,
    ),
  );

  const sources = await openSources(config, store, { logger, clock });
  const { version } = manifest;
  const watched: Watched = {
    ...{ version, deviceId, url: forward.url, startedAt: clock.now() },
    ...{ store, forwarders, retention, disk: watch, sources, taken },
  };
  stops.push(() => Promise.all(sources.map((source) => source.stop())));
  for (const source of sources) await source.start();
  const server = await startServer({
    listen: config.listen,
    listenKey: config.listen_key,
    logs: createIngestLogs({ append: (records) => store.append("logs", records) }, clock),
    points: createIngestPoints(metricSink(store), clock),
    check: () => store.check(),
    status: () => statusOf(watched, clock.now()),
    metrics: () => prometheusText(watched, clock.now()),
    logger,
  });
  stops.push(() => server.close(options.stopMs ?? STOP_MS));
  if (!isLoopback(config.listen.host) && config.listen_key === undefined) {
    logger.warn("whoever reaches this address can send: set listen_key", { listens: server.url });
  }
  return { ...watched, listensAt: server.url };
}

async function openForwarders(config: EdgeConfig, store: Store, options: AgentOptions, stops: Stop[]) {
  const { logger, clock = systemClock, disk = nodeDisk, random = Math.random, stopMs = STOP_MS } = options;
  const { buffer, forward, rejected: limits } = config;
  const sender = await openSender(forward, `telemetry-edge/${manifest.version}`);
  stops.push(async () => sender.close());
  const rejected = openRejected({
    ...{ directory: join(buffer.dir, "rejected"), maxBytes: limits.max_size },
    ...{ lanes: Object.keys(lanes).length, disk, clock },
  });
  const open = async (name: LaneName) => {
    const journal = await Journal.open(buffer.dir, name, disk);
    stops.push(() => journal.close());
    return new Forwarder({
      ...{ lane: lanes[name], buffer: store.buffers[name], journal, prefix: `${store.id}.${name}` },
      ...{ sender, rejected, limits: forward.batch, inFlight: forward.in_flight, timeout: forward.timeout },
      ...{ backoff: forward.backoff, clock, logger, random },
    });
  };
  const forwarders = {
    logs: await open("logs"),
    metrics: await open("metrics"),
    events: await open("events"),
  };
  const all = Object.values(forwarders);
  stops.push(() => Promise.all(all.map((forwarder) => forwarder.stop(stopMs))));
  for (const forwarder of all) forwarder.start();
  return forwarders;
}

async function openSources(
  { buffer, sources }: EdgeConfig,
  store: Store,
  ports: Omit<SourcePorts, "sink" | "directory">,
): Promise<Source[]> {
  const opened: Source[] = [];
  for (const [name, settings] of Object.entries(sources)) {
    const kind = kinds[name];
    if (!kind || settings === undefined) continue;
    const directory = join(buffer.dir, "sources", name);
    await mkdir(directory, { recursive: true });
    opened.push(kind.create(settings as never, { sink: metricSink(store), directory, ...ports }));
  }
  return opened;
}

const metricSink = (store: Store): Sink<MetricEntry> => ({
  append: (entries) => store.append("metrics", entries.map(encodeMetric)),
});

function reportRecovery(store: Store, logger: Logger): void {
  for (const [lane, { recovery }] of Object.entries(store.buffers)) {
    if (recovery.findings.length > 0)
      logger.warn("the buffer was not closed in order", { lane, ...recovery });
  }
}

/** At once, and then again and again. @returns what ends it, when nothing of it is under way */
function repeat(work: () => Promise<void>, everyMs: number): Stop {
  let running = work();
  const timer = setInterval(() => {
    running = running.then(work);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return running;
  };
}
