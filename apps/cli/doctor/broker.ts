import { createPublisher } from "../../../layers/broker/publisher/index.ts";
import { asError } from "../../../layers/core/errors.ts";
import { findBroker, type Platform, SettingsError } from "../settings.ts";
import { Skipped, Trouble } from "./trouble.ts";

const PATIENCE_MS = 5_000;

/** Really connects, and publishes `health.check`. */
export async function checkBroker(platform: Platform): Promise<string> {
  const url = brokerUrl(platform);
  const publisher = createPublisher({
    url,
    source: "/telemetry/doctor",
    name: "telemetry doctor",
    criticalTimeoutMs: PATIENCE_MS,
    drainTimeoutMs: 1,
  });
  const { host } = new URL(url);
  try {
    return `health.check published and confirmed on ${host} in ${Math.ceil(await publisher.check())} ms`;
  } catch (error) {
    const reason = publisher.stats().lastError ?? asError(error).message;
    const todo = "is RabbitMQ running there, and are user, password and virtual host right?";
    throw new Trouble(`${host}: ${reason}`, todo);
  } finally {
    await publisher.close();
  }
}

/** A broker that only the platform can reach is checked by the platform. */
function brokerUrl({ run }: Platform): string {
  try {
    return findBroker();
  } catch (error) {
    if (run || !(error instanceof SettingsError)) throw error;
    throw new Skipped("not checked from here: set RABBITMQ_URL to do so");
  }
}
