import * as z from "zod";
import { type Bus, createBus } from "../../broker/bus.ts";
import type { ConnectionOptions } from "../../broker/connection.ts";
import { type BrokerView, createBrokerView } from "../../broker/depths.ts";
import { type Topology, topology } from "../../topology/topology.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { read, readSecret } from "./read.ts";

export const topologyFromEnvironment = (): Topology =>
  topology({ partitions: z.coerce.number().parse(read(keys.partitions)) });

/** The secret is read at every connection, so that a rotated one is picked up. */
export const brokerConnection = (): ConnectionOptions => ({ url: brokerUrl, name: read(keys.service) });

export const bus = (): Bus => createBus(brokerConnection());

export const brokerView = (): BrokerView => createBrokerView(brokerConnection());

async function brokerUrl(): Promise<string> {
  const { username, password } = await readSecret(keys.brokerSecretArn);
  const url = new URL(read(keys.brokerEndpoint));
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  url.pathname = "/%2F";
  return url.href;
}
