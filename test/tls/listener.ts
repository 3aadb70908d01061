import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../apps/local/services/ports.ts";
import type { RabbitMqService } from "../../apps/local/services/rabbitmq.ts";
import type { Certificate } from "./authority.ts";

/**
 * Has a broker listen over TLS as well, with this certificate.
 *
 * @param folder for the certificate, which the broker reads
 * @returns the broker's URL there, for the host `localhost`
 */
export async function listenOverTls(
  broker: RabbitMqService,
  { certificate, key }: Certificate,
  folder: string,
): Promise<string> {
  const port = await freePort();
  const files = { cert: join(folder, `${port}.cert.pem`), key: join(folder, `${port}.key.pem`) };
  await writeFile(files.cert, certificate);
  await writeFile(files.key, key);
  const options = `[{certfile,"${files.cert}"},{keyfile,"${files.key}"},{versions,['tlsv1.2','tlsv1.3']}]`;
  await broker.rabbitmqctl([
    "eval",
    `ok = rabbit_networking:start_ssl_listener({"127.0.0.1",${port}},${options},2).`,
  ]);
  const url = new URL(broker.url);
  return `amqps://${url.username}:${url.password}@localhost:${port}/%2F`;
}
