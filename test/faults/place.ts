import { type Runtime, type RuntimeOptions, startRuntime } from "../../apps/local/runtime.ts";
import { silentLogger } from "../silent-logger.ts";

/** A broker and a database on which runtimes come and go. */
export interface Place {
  amqpUrl: string;
  databaseUrl: string;
}

export const ADMIN_KEY = "key_admin.of-the-fault-tests-and-nobody-else";

export const startOn = (place: Place, options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  startRuntime({ ...place, port: 0, apiKey: ADMIN_KEY, logger: silentLogger, ...options });
