import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Runtime } from "../../apps/local/runtime.ts";
import { persistDeclarations } from "../../apps/local/services/persist-declarations.ts";
import { type RabbitMqService, startRabbitMq } from "../../apps/local/services/rabbitmq.ts";
import { type Fresh, freshDatabase } from "../fresh.ts";
import { temporaryHome } from "../temporary-home.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

let home: string;
let database: Fresh;
let rabbitMq: RabbitMqService;
let runtime: Runtime | undefined;

beforeEach(async () => {
  home = await temporaryHome();
  database = await freshDatabase();
  rabbitMq = await startRabbitMq({ home });
});

afterEach(async () => {
  await runtime?.stop();
  await rabbitMq.kill("SIGKILL");
  await Promise.all([database.drop(), rm(home, { recursive: true, force: true })]);
});

it("loses nothing and counts nothing twice when the broker is killed under load", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const place = { amqpUrl: rabbitMq.url, databaseUrl: database.url };
  runtime = await startOn(place);
  await persistDeclarations(rabbitMq);

  const { url } = runtime;
  const ledger = new Ledger();
  const load = startLoad({ url: () => url, ledger, random, meanPauseMs: 5 });
  for (let killed = 0; killed < 2; killed++) {
    await grown(ledger, 2_000);
    await pause(random.below(300));
    await rabbitMq.kill("SIGKILL");
    rabbitMq = await startRabbitMq({ home });
  }
  await grown(ledger, 1_000);
  await load.stop();
  expect(Object.keys(load.failures)).not.toEqual([]);

  await runtime.stop();
  runtime = undefined;
  await workOff(place);
  const tally = await tallyOf("broker killed", place, ledger, random.seed);
  expect(tally).toEqual(allStored(ledger));
});
