import type { TestProject } from "vitest/node";
import { type Container, startContainer, wantsContainers } from "./containers/start.ts";
import { discardServices, startPrivateServices } from "./private-services.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's broker, virtual host `/`. Tests take one of their own: `freshVhost`. */
    readonly amqpUrl: string;
    /** The HTTP API of the run's broker, with user and password. */
    readonly managementUrl: string;
    /** The run's PostgreSQL. Tests take a database of their own: `freshDatabase`. */
    readonly postgresUrl: string;
  }
}

/**
 * Brings up one RabbitMQ and one PostgreSQL for the whole run, and takes both away at its end: those of compose.yaml
 * with TEST_CONTAINERS=1, else its own. Whoever runs tests again and again keeps both: `npm run test:services` prints
 * the variables that name them.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_AMQP_URL, TEST_MANAGEMENT_URL, TEST_POSTGRES_URL } = process.env;
  if (TEST_AMQP_URL && TEST_MANAGEMENT_URL && TEST_POSTGRES_URL) {
    project.provide("amqpUrl", TEST_AMQP_URL);
    project.provide("managementUrl", TEST_MANAGEMENT_URL);
    project.provide("postgresUrl", TEST_POSTGRES_URL);
    return async () => {};
  }
  if (wantsContainers()) return setUpContainers(project);
  const services = await startPrivateServices({ management: true, progress: (line) => console.log(line) });
  const { rabbitMq, postgres } = services;
  if (!rabbitMq.managementUrl) throw new Error("expected the run's RabbitMQ to have its management API");
  project.provide("amqpUrl", rabbitMq.url);
  project.provide("managementUrl", rabbitMq.managementUrl);
  project.provide("postgresUrl", postgres.url);
  return () => discardServices(services);
}

async function setUpContainers(project: TestProject): Promise<() => Promise<void>> {
  const containers: Container[] = [];
  const stop = async () => {
    await Promise.all(containers.map((container) => container.stop()));
  };
  const start = async (name: string) => {
    const container = await startContainer(name, console.log);
    containers.push(container);
    return container;
  };
  try {
    const rabbitMq = await start("rabbitmq");
    const postgres = await start("postgres");
    const { RABBITMQ_DEFAULT_USER: user, RABBITMQ_DEFAULT_PASS: password } = rabbitMq.environment;
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment;
    project.provide("amqpUrl", `amqp://${user}:${password}@${rabbitMq.at(5672)}/%2F`);
    project.provide("managementUrl", `http://${user}:${password}@${rabbitMq.at(15672)}`);
    project.provide(
      "postgresUrl",
      `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${postgres.at(5432)}/${POSTGRES_DB}`,
    );
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
