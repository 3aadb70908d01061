import type { TestProject } from "vitest/node";
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
 * Brings up one RabbitMQ and one PostgreSQL for the whole run, and takes both away at its end. Whoever runs tests
 * again and again keeps both: `npm run test:services` prints the variables that name them.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_AMQP_URL, TEST_MANAGEMENT_URL, TEST_POSTGRES_URL } = process.env;
  if (TEST_AMQP_URL && TEST_MANAGEMENT_URL && TEST_POSTGRES_URL) {
    project.provide("amqpUrl", TEST_AMQP_URL);
    project.provide("managementUrl", TEST_MANAGEMENT_URL);
    project.provide("postgresUrl", TEST_POSTGRES_URL);
    return async () => {};
  }
  const services = await startPrivateServices({ management: true, progress: (line) => console.log(line) });
  const { rabbitMq, postgres } = services;
  if (!rabbitMq.managementUrl) throw new Error("expected the run's RabbitMQ to have its management API");
  project.provide("amqpUrl", rabbitMq.url);
  project.provide("managementUrl", rabbitMq.managementUrl);
  project.provide("postgresUrl", postgres.url);
  return () => discardServices(services);
}
