import { readFile } from "node:fs/promises";
import { RefusedError } from "../core/errors.ts";

/** The variables that a program reads to find its broker. */
export interface BrokerVariables {
  RABBITMQ_URL: string;
  RABBITMQ_USER?: string | undefined;
  RABBITMQ_PASS?: string | undefined;
  /** PEM file with the authorities to trust instead of those that Node.js knows. */
  RABBITMQ_CA_FILE?: string | undefined;
}

/** As RabbitMQ's own clients call it in a URL ("AMQP URI Query Parameters", RabbitMQ documentation). */
const CA_FILE = "cacertfile";

/** The URL with user, password and authorities in it, which then says everything. */
export function brokerUrlOf(variables: BrokerVariables): string {
  const { RABBITMQ_URL, RABBITMQ_USER: user, RABBITMQ_PASS: password, RABBITMQ_CA_FILE: caFile } = variables;
  const url = new URL(RABBITMQ_URL);
  if (user) url.username = encodeURIComponent(user);
  if (password) url.password = encodeURIComponent(password);
  if (caFile) url.searchParams.set(CA_FILE, caFile);
  return url.href;
}

/**
 * What a connection to the URL is opened with. Over `amqps://` the server's certificate and its name are always
 * checked, and nothing in a URL turns that off.
 *
 * @throws {RefusedError} authorities, and nothing that they would be asked about
 */
export async function connectionTo(text: string): Promise<{ url: URL; tls: { ca?: Buffer } }> {
  const url = new URL(text);
  const caFile = url.searchParams.get(CA_FILE);
  url.searchParams.delete(CA_FILE);
  if (caFile === null) return { url, tls: {} };
  if (url.protocol === "amqps:") return { url, tls: { ca: await readFile(caFile) } };
  const message = `${CA_FILE} goes with amqps://, and ${url.protocol}//${url.host} is not encrypted`;
  throw new RefusedError(400, message, [{ path: "url", message }]);
}
