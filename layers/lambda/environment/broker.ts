import * as z from "zod";
import { type Bus, createBus } from "../../broker/bus.ts";
import type { ConnectionOptions } from "../../broker/connection.ts";
import { type BrokerView, createBrokerView } from "../../broker/depths.ts";
import type { Credentials } from "../../broker/users.ts";
import { type Topology, topology } from "../../topology/topology.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { read, readSecret } from "./read.ts";

export const topologyFromEnvironment = (): Topology =>
  topology({ partitions: z.coerce.number().parse(read(keys.partitions)) });

/** The secret is read at every connection, so that a rotated one is picked up. */
export const brokerConnection = (): ConnectionOptions => ({ url: brokerUrl, name: read(keys.service) });

export const bus = (): Bus => createBus(brokerConnection());

export const brokerView = (): BrokerView => createBrokerView(brokerConnection());

/** Amazon MQ's own policies and limits hold on this one only. */
export const VIRTUAL_HOST = "/";

const brokerUrl = async (): Promise<string> =>
  urlOf(read(keys.brokerEndpoint), await readSecret(keys.brokerSecretArn));

/** @param endpoint `amqps://host:5671` */
export function urlOf(endpoint: string, { username, password }: Credentials): string {
  const url = new URL(endpoint);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  url.pathname = encodeURIComponent(VIRTUAL_HOST);
  return url.href;
}
