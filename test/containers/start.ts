import type { StartedTestContainer } from "testcontainers";
import { asError } from "../../layers/core/errors.ts";
import { type ComposeService, composeServices } from "./compose-file.ts";

// For machines with Docker: TEST_CONTAINERS=1 runs the tests on the images of compose.yaml, by testcontainers, in
// place of the services that they unpack themselves. The ports are free ones, so that neither a local run nor
// `docker compose up` is in the way.

export const wantsContainers = (): boolean => process.env.TEST_CONTAINERS === "1";

export interface Container {
  /** As compose.yaml sets them. */
  environment: ComposeService["environment"];
  /** Host and port at which a port of the container is reached. */
  at(port: number): string;
  stop(): Promise<void>;
}

/** @returns once the container is healthy, as compose.yaml has it. @throws where Docker or the image is not there */
export async function startContainer(name: string, progress: (line: string) => void): Promise<Container> {
  const service = composeServices.get(name);
  if (!service) throw new Error(`compose.yaml has no service ${name}`);
  progress(`${service.image} …`);
  const container = await started(service);
  return {
    environment: service.environment,
    at: (port) => `${container.getHost()}:${container.getMappedPort(port)}`,
    stop: async () => {
      await container.stop();
    },
  };
}

async function started({
  image,
  environment,
  ports,
  healthcheck,
}: ComposeService): Promise<StartedTestContainer> {
  // Nobody without Docker needs it.
  const { GenericContainer, Wait } = await import("testcontainers");
  const { test, interval, timeout, retries } = healthcheck;
  const said: string[] = [];
  const container = new GenericContainer(image)
    .withEnvironment(environment)
    .withExposedPorts(...ports.map((port) => Number(port.split(":").at(-1))))
    .withHealthCheck({ test: [...test], interval, timeout, retries })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(interval * retries)
    .withLogConsumer((log) => log.on("data", (line) => said.push(String(line).trimEnd())));
  return container.start().catch((cause: unknown) => {
    throw new Error([`${image}: ${asError(cause).message}`, ...said.slice(-20)].join("\n"), { cause });
  });
}
