import { connect } from "node:net";
import { join } from "node:path";
import { recordRunning } from "./predecessor.ts";
import { launch, type ServiceProcess } from "./process.ts";
import { programEnvironment, type RabbitMqInstallation } from "./rabbitmq-installation.ts";
import { type RabbitMqSettings, writeConfiguration } from "./rabbitmq-settings.ts";
import { runCommand } from "./run-command.ts";

/** A broker that runs, and the command that operates it. */
export interface Broker extends ServiceProcess {
  rabbitmqctl(args: readonly string[]): Promise<string>;
}

/** Distribution, Erlang's port between its nodes, on loopback too. */
const loopbackDistribution = "-kernel inet_dist_use_interface {127,0,0,1}";

/** Runs the programs of `installation` as a broker of its own, with its own epmd. */
export async function runNative(
  installation: RabbitMqInstallation,
  settings: RabbitMqSettings,
): Promise<Broker> {
  const env = { ...programEnvironment(installation), ...(await writeConfiguration(settings)) };
  const epmd = await startEpmd(env, settings);
  try {
    const broker = await launchBroker(installation, settings, env);
    await recordRunning(settings.runningFile, broker.pid);
    return { ...withEpmd(broker, epmd), rabbitmqctl: controlOf(broker, installation, env) };
  } catch (error) {
    await epmd.kill("SIGKILL");
    throw error;
  }
}

export function launchBroker(
  { scripts }: RabbitMqInstallation,
  { folder, logFile }: Pick<RabbitMqSettings, "folder" | "logFile">,
  env: NodeJS.ProcessEnv,
) {
  return launch({
    name: "RabbitMQ",
    command: join(scripts, "rabbitmq-server"),
    cwd: folder, // The data folder is named relative to it.
    env: {
      ...env,
      // Makes the script become the Erlang VM, so that the pid that we know is the broker's.
      RUNNING_UNDER_SYSTEMD: "true",
      // +B i: the VM ignores SIGINT, which would halt it uncleanly.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${loopbackDistribution} +B i`,
    },
    logFile,
  });
}

/** Must listen before the broker starts, which would else start one that stays for ever. */
export async function startEpmd(
  env: NodeJS.ProcessEnv,
  { ports, folder }: Pick<RabbitMqSettings, "ports" | "folder">,
): Promise<ServiceProcess> {
  const epmd = await launch({
    name: "epmd, Erlang's port mapper,",
    command: "epmd",
    args: ["-address", "127.0.0.1", "-port", String(ports.epmd)],
    env,
    logFile: join(folder, "epmd.log"),
  });
  await epmd.ready(() => isListening(ports.epmd), 10_000);
  return epmd;
}

/** The broker has ended only when its epmd has. */
function withEpmd(broker: ServiceProcess, epmd: ServiceProcess): ServiceProcess {
  const exited = broker.exited.then(async (exit) => {
    await epmd.kill("SIGKILL"); // It keeps nothing.
    return exit;
  });
  return {
    ...broker,
    exited,
    async ready(isReady, deadlineMs) {
      await broker.ready(isReady, deadlineMs).catch(async (error) => {
        await exited;
        throw error;
      });
    },
    async stop(options) {
      await broker.stop(options);
      await exited;
    },
    async kill(signal) {
      await broker.kill(signal);
      if (signal === "SIGKILL") await exited;
    },
  };
}

/** rabbitmqctl for this broker while it runs. On one that is down it would start a port mapper that stays. */
export function controlOf(broker: ServiceProcess, { scripts }: RabbitMqInstallation, env: NodeJS.ProcessEnv) {
  let ended = false;
  broker.exited.then(() => {
    ended = true;
  });
  return async (args: readonly string[]): Promise<string> => {
    if (ended) throw new Error(`rabbitmqctl ${args[0] ?? ""}: the broker does not run`);
    const options = { env: { ...env, RABBITMQ_CTL_ERL_ARGS: loopbackDistribution } };
    return runCommand(join(scripts, "rabbitmqctl"), ["--quiet", ...args], options);
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
