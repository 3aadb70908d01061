import { MqClient } from "@aws-sdk/client-mq";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import { type ConnectionOptions, closeQuietly, openConnection } from "../../broker/connection.ts";
import { provisionUsers } from "../../broker/credentials.ts";
import { createManagement } from "../../broker/management.ts";
import type { Credentials } from "../../broker/users.ts";
import { systemClock } from "../../core/clock.ts";
import { applicationSchema, brokerUsers } from "../../topology/broker-users.ts";
import { runningBroker } from "../amazon-mq.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { createSecretsVault } from "../secrets-vault.ts";
import { topologyFromEnvironment, urlOf, VIRTUAL_HOST } from "./broker.ts";
import { read, readSecret } from "./read.ts";

/** Waits for the broker, and speaks to it as its administrator. @throws {UnavailableError} */
export async function administrator(): Promise<{
  connection: ConnectionOptions;
  provisionUsers: (options: { renewAll: boolean }) => Promise<string[]>;
}> {
  const { amqp, management: url } = await runningBroker({
    client: new MqClient({}),
    brokerId: read(keys.brokerId),
  });
  const own = await readSecret(keys.brokerSecretArn);
  const connectionFor = (credentials: Credentials): ConnectionOptions => ({
    url: urlOf(amqp, credentials),
    name: read(keys.service),
  });
  return {
    connection: connectionFor(own),
    provisionUsers: ({ renewAll }) =>
      provisionUsers(brokerUsers(applications(), topologyFromEnvironment()), {
        vault: createSecretsVault(new SecretsManagerClient({}), read(keys.brokerUserSecrets)),
        management: createManagement({ url, ...own }),
        vhost: VIRTUAL_HOST,
        clock: systemClock,
        ...(renewAll && { rotateAfterMs: 0 }),
        tryOut: async (credentials) => closeQuietly(await openConnection(connectionFor(credentials))),
      }),
  };
}

const applications = () => z.array(applicationSchema).parse(JSON.parse(read(keys.brokerApplications)));
