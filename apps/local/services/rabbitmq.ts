import { existsSync } from "node:fs";
import { connect } from "amqplib";
import { UnavailableError } from "../../../layers/core/errors.ts";
import { containerDataFolder, fetchImage, hasContainerEngine, runContainer } from "./rabbitmq-container.ts";
import {
  defaultCacheDir,
  installedRabbitMq,
  type UnpackRabbitMqOptions,
  unpackedRabbitMq,
} from "./rabbitmq-installation.ts";
import { type Broker, runNative } from "./rabbitmq-native.ts";
import { dataFolder, keptSettings, type RabbitMqSettings } from "./rabbitmq-settings.ts";
import type { Service } from "./service.ts";

export interface RabbitMqOptions {
  /** Data, ports and password are in `home`/rabbitmq, and survive a restart. */
  readonly home: string;
  /** @default a free one, the same at every start */
  readonly port?: number;
  /** Run the management plugin too. A stop in order takes 6 s with it, and 1 s without. @default false */
  readonly management?: boolean;
  /** Where unpacked programs are kept. @default $XDG_CACHE_HOME/telemetry-bus, ~/.cache/telemetry-bus */
  readonly cacheDir?: string;
  /** Told, in a line each, what takes long. @default nobody */
  readonly progress?: (line: string) => void;
}

export interface RabbitMqService extends Service {
  /** The management plugin's HTTP API, with user and password, if it runs. */
  readonly managementUrl?: string;
  /** Runs rabbitmqctl on this broker (about a quarter of a second) and answers what it printed. */
  rabbitmqctl(args: readonly string[]): Promise<string>;
}

const readyDeadlineMs = 120_000;
const stop = { signal: "SIGTERM", deadlineMs: 30_000 } as const;

/**
 * Starts a private RabbitMQ: own node, ports, user and data, on 127.0.0.1 only; a broker that is there already
 * is not touched. The programs are those on the machine, else a container, else the distribution's packages
 * unpacked into a cache folder.
 * @throws if there is no way to run it here, or it does not accept a connection within two minutes
 */
export async function startRabbitMq(options: RabbitMqOptions): Promise<RabbitMqService> {
  const { home, port, management = false, cacheDir = defaultCacheDir(), progress = () => {} } = options;
  const settings = await keptSettings({ home, port, management });
  const broker = await runBroker(settings, { cacheDir, progress });
  const credentials = `${settings.user}:${settings.password}`;
  const url = `amqp://${credentials}@127.0.0.1:${settings.ports.amqp}/%2F`;
  await broker.ready(() => acceptsConnections(url), readyDeadlineMs);
  return {
    ...(management ? { managementUrl: `http://${credentials}@127.0.0.1:${settings.ports.management}` } : {}),
    ...broker,
    url,
    stop: () => broker.stop(stop),
  };
}

/** Three ways, in this order; one that fails leaves it to the next. What has data in the home already goes on. */
async function runBroker(settings: RabbitMqSettings, cache: UnpackRabbitMqOptions): Promise<Broker> {
  const inContainer = existsSync(containerDataFolder(settings.folder));
  const installed = inContainer ? undefined : installedRabbitMq();
  if (installed) return runNative(installed, settings);
  if (await mayUseContainer(settings, cache.progress)) return runContainer(settings);
  if (inContainer)
    throw new UnavailableError(`RabbitMQ's data in ${settings.folder} is that of a container: start Docker`);
  const unpacked = await unpackedRabbitMq(cache).catch((cause: Error) => {
    throw new UnavailableError(`RabbitMQ cannot be run here: ${cause.message}. ${advice}`, { cause });
  });
  return runNative(unpacked, settings);
}

const advice =
  'Install it (macOS: "brew install rabbitmq"), start Docker, or set RABBITMQ_URL to a broker that runs';

/** Not where a broker without a container has data, which one in a container would not see. */
async function mayUseContainer(
  settings: RabbitMqSettings,
  progress: (line: string) => void,
): Promise<boolean> {
  if (existsSync(dataFolder(settings.folder)) || !(await hasContainerEngine())) return false;
  return fetchImage(settings.management, progress).then(
    () => true,
    (error: Error) => {
      progress(`no container: ${error.message}`);
      return false;
    },
  );
}

/** By a connection with user and password, since the port alone says nothing about the virtual host. */
async function acceptsConnections(url: string): Promise<boolean> {
  try {
    await (await connect(url, { timeout: 5_000 })).close();
    return true;
  } catch {
    return false; // Why not, the broker's log says, which an error at the deadline quotes.
  }
}
