import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Runtime, type RuntimeOptions, startRuntime } from "../../apps/local/runtime.ts";
import { silentLogger } from "../silent-logger.ts";

/** A broker and a database on which runtimes come and go. */
export interface Place {
  amqpUrl: string;
  databaseUrl: string;
}

export const ADMIN_KEY = "key_admin.of-the-fault-tests-and-nobody-else";

/** One run of the function works for a while only; while the broker is away none of them gets anywhere. */
async function drainSpool({ dependencies, functions }: Runtime): Promise<void> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    await functions.schedule["drain-spool"]?.();
    const { records } = await dependencies.spool.depth();
    if (records === 0 || records >= before) return;
    before = records;
  }
}

/** A runtime with a home of its own. What waits in its spool goes to the broker, if it is there, before it stops. */
export async function startOn(place: Place, options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const home = join(tmpdir(), `telemetry-bus-${randomUUID()}`);
  const given = { ...place, home, port: 0, apiKey: ADMIN_KEY, logger: silentLogger };
  const runtime = await startRuntime({ ...given, ...options });
  async function stop(): Promise<void> {
    await drainSpool(runtime);
    await runtime.stop();
    await rm(home, { recursive: true, force: true });
  }
  let stopping: Promise<void> | undefined;
  return {
    ...runtime,
    /** Once, however often it is asked for. */
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
