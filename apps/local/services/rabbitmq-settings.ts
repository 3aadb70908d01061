import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { keptSecret } from "./kept-secret.ts";
import { keptPorts } from "./ports.ts";
import { waitForPredecessor } from "./predecessor.ts";

export interface RabbitMqSettings {
  /** Everything of this broker is in it. */
  readonly folder: string;
  readonly ports: Record<"amqp" | "management" | "distribution" | "epmd", number>;
  readonly user: string;
  readonly password: string;
  readonly management: boolean;
  readonly logFile: string;
  /** Names the process that runs on this data: see predecessor.ts. */
  readonly runningFile: string;
}

const predecessorDeadlineMs = 30_000;

export interface SettingsOptions {
  readonly home: string;
  readonly port?: number | undefined;
  readonly management: boolean;
}

/**
 * Ports, user and password, kept in `home` so that a restart has the same ones.
 * @throws if another broker runs on them and does not end
 */
export async function keptSettings({ home, port, management }: SettingsOptions): Promise<RabbitMqSettings> {
  const folder = join(resolve(home), "rabbitmq");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const runningFile = join(folder, "running.json");
  await waitForPredecessor(runningFile, predecessorDeadlineMs); // It holds the ports.
  const names = ["amqp", "management", "distribution", "epmd"] as const;
  return {
    folder,
    ports: await keptPorts(join(folder, "ports.json"), names, port === undefined ? {} : { amqp: port }),
    user: "telemetry",
    password: await keptSecret(join(folder, "password")),
    management,
    logFile: join(folder, "rabbitmq.log"),
    runningFile,
  };
}

/** Writes the broker's configuration and answers the environment that makes it read that and nothing else. */
export async function writeConfiguration(settings: RabbitMqSettings): Promise<NodeJS.ProcessEnv> {
  const { folder, ports, management } = settings;
  const files = {
    "rabbitmq.conf": brokerConfiguration(settings),
    "advanced.config": "[].\n",
    "definitions.json": JSON.stringify(definitions(settings)),
    enabled_plugins: management ? "[rabbitmq_management].\n" : "[].\n",
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  await keptSecret(join(folder, ".erlang.cookie"));
  return {
    HOME: folder, // Where Erlang looks for the cookie.
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_NODENAME: "rabbit@localhost",
    // Relative, because quorum queues write it into their data: so a home that was moved goes on working.
    RABBITMQ_MNESIA_BASE: relative(folder, dataFolder(folder)),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: "-",
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_CRASH_DUMP_BYTES: "0",
  };
}

export function dataFolder(folder: string): string {
  return join(folder, "data");
}

/** rabbitmq.conf: loopback only, and shares of memory and disk that leave a laptop usable. */
function brokerConfiguration({ folder, ports, management }: RabbitMqSettings): string {
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    `load_definitions = ${join(folder, "definitions.json")}`,
    "vm_memory_high_watermark.relative = 0.25",
    "disk_free_limit.absolute = 200MB",
  ];
  if (management) lines.push("management.tcp.ip = 127.0.0.1", `management.tcp.port = ${ports.management}`);
  return `${lines.join("\n")}\n`;
}

/** Read at every start, so that the password in the folder is always the one that holds. There is no guest. */
function definitions({ user, password }: RabbitMqSettings) {
  return {
    users: [{ name: user, password, tags: "administrator" }],
    vhosts: [{ name: "/" }],
    permissions: [{ user, vhost: "/", configure: ".*", write: ".*", read: ".*" }],
  };
}
