import { once } from "node:events";
import { discardServices, startPrivateServices } from "./private-services.ts";

// Keeps a broker and a database up for run after run of the tests: each run then starts seconds sooner.
//
//   npm run --silent test:services > services.env &    then    set -a; . ./services.env; npx vitest run functions

const services = await startPrivateServices({ management: true });
const { rabbitMq, postgres } = services;
process.stdout.write(
  `TEST_AMQP_URL='${rabbitMq.url}'\n` +
    `TEST_MANAGEMENT_URL='${rabbitMq.managementUrl ?? ""}'\n` +
    `TEST_POSTGRES_URL='${postgres.url}'\n`,
);
const never = setInterval(() => {}, 60_000);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
clearInterval(never);
await discardServices(services);
