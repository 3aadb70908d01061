import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { recordRunning } from "./predecessor.ts";
import { launch } from "./process.ts";
import type { Broker } from "./rabbitmq-native.ts";
import type { RabbitMqSettings } from "./rabbitmq-settings.ts";
import { runCommand } from "./run-command.ts";

export async function hasContainerEngine(): Promise<boolean> {
  return runCommand("docker", ["info", "--format", "{{.ServerVersion}}"]).then(
    () => true,
    () => false,
  );
}

/**
 * Fetches the image, unless the engine has it.
 * @throws if it can be neither found nor fetched
 */
export async function fetchImage(management: boolean, progress: (line: string) => void): Promise<void> {
  const name = imageName(management);
  const isThere = await runCommand("docker", ["image", "inspect", name]).catch(() => false);
  if (isThere !== false) return;
  progress(`fetching the container image ${name}`);
  await runCommand("docker", ["pull", "--quiet", name]);
}

/** Apart from what a broker without a container writes, since their versions differ. */
export function containerDataFolder(folder: string): string {
  return join(folder, "container-data");
}

/** Runs a broker in a container, its ports published on loopback only, its data in the home like all else. */
export async function runContainer(settings: RabbitMqSettings): Promise<Broker> {
  const name = containerName(settings);
  const remove = () => runCommand("docker", ["rm", "--force", name]);
  await remove(); // What a killed run left.
  await mkdir(containerDataFolder(settings.folder), { recursive: true, mode: 0o700 });
  const client = await launch({
    name: "RabbitMQ's container",
    command: "docker",
    args: containerArguments(name, settings),
    env: { ...process.env, RABBITMQ_DEFAULT_USER: settings.user, RABBITMQ_DEFAULT_PASS: settings.password },
    logFile: settings.logFile,
  });
  await recordRunning(settings.runningFile, client.pid);
  let ended = false;
  client.exited.then(() => {
    ended = true;
  });
  return {
    ...client,
    async ready(isReady, deadlineMs) {
      await client.ready(isReady, deadlineMs).catch(async (error) => {
        await remove();
        throw error;
      });
    },
    async stop(options) {
      await client.stop(options);
      await remove(); // If the deadline passed, only the client was killed.
    },
    // The client passes SIGTERM on; what it cannot catch must go through the engine.
    async kill(signal) {
      if (ended) return;
      await runCommand("docker", ["kill", "--signal", signal, name]);
      if (signal === "SIGKILL") await client.exited;
    },
    rabbitmqctl: (args) => runCommand("docker", ["exec", name, "rabbitmqctl", "--quiet", ...args]),
  };
}

export function containerArguments(name: string, { folder, ports, management }: RabbitMqSettings): string[] {
  const published = [
    `127.0.0.1:${ports.amqp}:5672`,
    ...(management ? [`127.0.0.1:${ports.management}:15672`] : []),
  ];
  // The user and the password are passed by name, so that they are in no process list.
  const environment = [
    "RABBITMQ_NODENAME=rabbit@localhost",
    "RABBITMQ_DEFAULT_USER",
    "RABBITMQ_DEFAULT_PASS",
  ];
  return [
    ...["run", "--rm", "--name", name],
    // As ourselves, so that the files that it writes are ours to delete.
    ...["--user", `${process.getuid?.()}:${process.getgid?.()}`],
    ...["--volume", `${containerDataFolder(folder)}:/var/lib/rabbitmq`],
    ...published.flatMap((each) => ["--publish", each]),
    ...environment.flatMap((each) => ["--env", each]),
    imageName(management),
  ];
}

/** One per home. */
function containerName({ folder }: RabbitMqSettings): string {
  return `telemetry-bus-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
}

function imageName(management: boolean): string {
  return management ? "rabbitmq:4-management" : "rabbitmq:4";
}
