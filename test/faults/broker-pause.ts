import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { persistDeclarations } from "../../apps/local/services/persist-declarations.ts";
import { startRabbitMq } from "../../apps/local/services/rabbitmq.ts";
import { freshDatabase } from "../fresh.ts";
import { temporaryHome } from "../temporary-home.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

/** Freezes the broker under load: it keeps every connection, and answers nothing until it is thawed. */
export async function survivesBrokerPauses(pausesMs: readonly number[]): Promise<void> {
  const random = seededRandom();
  const home = await temporaryHome();
  const database = await freshDatabase();
  const rabbitMq = await startRabbitMq({ home });
  const place = { amqpUrl: rabbitMq.url, databaseUrl: database.url };
  const runtime = await startOn(place);
  try {
    await persistDeclarations(rabbitMq);
    const ledger = new Ledger();
    const load = startLoad({ url: () => runtime.url, ledger, random, meanPauseMs: 10 });
    for (const pauseMs of pausesMs) {
      await grown(ledger, 500);
      await rabbitMq.kill("SIGSTOP");
      await pause(pauseMs);
      await rabbitMq.kill("SIGCONT");
    }
    await grown(ledger, 500);
    await load.stop();
    await runtime.stop();
    await workOff(place);
    const title = `broker frozen for ${pausesMs.join(" and ")} ms`;
    expect(await tallyOf(title, place, ledger, random.seed)).toEqual(allStored(ledger));
  } finally {
    await runtime.stop();
    await rabbitMq.kill("SIGKILL");
    await Promise.all([database.drop(), rm(home, { recursive: true, force: true })]);
  }
}
