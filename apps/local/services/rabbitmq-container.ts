import { createHash } from "node:crypto";
import { recordRunning } from "./predecessor.ts";
import { launch } from "./process.ts";
import type { Broker } from "./rabbitmq-native.ts";
import type { RabbitMqSettings } from "./rabbitmq-settings.ts";
import { runCommand } from "./run-command.ts";

const image = { plain: "rabbitmq:4", management: "rabbitmq:4-management" };

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

/**
 * Runs a broker in a container, its ports published on loopback only. Its data is in a volume, since files that
 * the container's own user writes into a folder of ours could not be deleted by ours.
 */
export async function runContainer(settings: RabbitMqSettings): Promise<Broker> {
  const name = containerName(settings);
  const remove = () => runCommand("docker", ["rm", "--force", name]);
  await remove(); // What a killed run left.
  const client = await launch({
    name: "RabbitMQ's container",
    command: "docker",
    args: containerArguments(name, settings),
    env: { ...process.env, RABBITMQ_DEFAULT_USER: settings.user, RABBITMQ_DEFAULT_PASS: settings.password },
    logFile: settings.logFile,
  });
  await recordRunning(settings.runningFile, client.pid);
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
    // The client passes SIGTERM on; what cannot be caught must go through the engine.
    async kill(signal) {
      await runCommand("docker", ["kill", "--signal", signal, name]);
      if (signal === "SIGKILL") await client.exited;
    },
    rabbitmqctl: (args) => runCommand("docker", ["exec", name, "rabbitmqctl", "--quiet", ...args]),
  };
}

export function containerArguments(name: string, { ports, management }: RabbitMqSettings): string[] {
  const published = [
    `127.0.0.1:${ports.amqp}:5672`,
    ...(management ? [`127.0.0.1:${ports.management}:15672`] : []),
  ];
  // Passed by name, so that the values are in no process list.
  const passed = ["RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS"];
  return [
    "run",
    "--rm",
    ...["--name", name, "--hostname", "localhost"],
    ...["--volume", `${name}:/var/lib/rabbitmq`],
    ...published.flatMap((each) => ["--publish", each]),
    ...passed.flatMap((each) => ["--env", each]),
    ...["--env", "RABBITMQ_NODENAME=rabbit@localhost"],
    imageName(management),
  ];
}

/** One per home, and another once the home was deleted: the user's password is set when a volume is made. */
function containerName({ folder, password }: RabbitMqSettings): string {
  return `telemetry-bus-${createHash("sha256").update(`${folder}\n${password}`).digest("hex").slice(0, 12)}`;
}

function imageName(management: boolean): string {
  return management ? image.management : image.plain;
}
