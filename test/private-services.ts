import { rm } from "node:fs/promises";
import { type PostgresService, startPostgres } from "../apps/local/services/postgres.ts";
import {
  type RabbitMqOptions,
  type RabbitMqService,
  startRabbitMq,
} from "../apps/local/services/rabbitmq.ts";
import type { Service } from "../apps/local/services/service.ts";
import { temporaryHome } from "./temporary-home.ts";

export interface PrivateServices {
  /** The temporary folder that both are in: give it to `startRabbitMq` or `startPostgres` to start one again. */
  readonly home: string;
  readonly rabbitMq: RabbitMqService;
  readonly postgres: PostgresService;
}

export type PrivateServicesOptions = Pick<RabbitMqOptions, "management" | "progress">;

/** A broker and a database of their own, for tests that kill or freeze them. End with `discardServices`. */
export async function startPrivateServices(options: PrivateServicesOptions = {}): Promise<PrivateServices> {
  const home = await temporaryHome();
  const postgres = await startPostgres({ home });
  try {
    return { home, postgres, rabbitMq: await startRabbitMq({ ...options, home }) };
  } catch (error) {
    await discard(home, [postgres]);
    throw error;
  }
}

export function discardServices({ home, rabbitMq, postgres }: PrivateServices): Promise<void> {
  return discard(home, [rabbitMq, postgres]);
}

/** Nothing in them is wanted any more, so they are killed: a stop in order takes the broker up to 6 s. */
async function discard(home: string, services: readonly Service[]): Promise<void> {
  await Promise.all(services.map((service) => service.kill("SIGKILL")));
  await rm(home, { recursive: true, force: true });
}
