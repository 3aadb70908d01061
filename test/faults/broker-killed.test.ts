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
import { ADMIN_KEY, startOn } from "./place.ts";
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

it("acknowledges into the spool when the broker is killed under load, loses nothing and counts nothing twice [BUS-06]", {
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
    await grown(ledger, 1_000);
    rabbitMq = await startRabbitMq({ home });
  }
  await grown(ledger, 1_000);
  await load.stop();
  expect(load.failures).toEqual({});
  expect(load.spooled).toBeGreaterThan(100);
  await emptied(runtime);

  await runtime.stop();
  runtime = undefined;
  await workOff(place);
  const tally = await tallyOf("broker killed", place, ledger, random.seed);
  expect(tally).toEqual(allStored(ledger));
});

it("answers 503 with Retry-After once the spool is full too, and loses nothing that it acknowledged [BUS-06]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const place = { amqpUrl: rabbitMq.url, databaseUrl: database.url };
  runtime = await startOn(place, { maxSpoolBytes: 256 * 1_024 });
  await persistDeclarations(rabbitMq);

  const { url } = runtime;
  const ledger = new Ledger();
  const load = startLoad({ url: () => url, ledger, random, meanPauseMs: 5 });
  await grown(ledger, 1_000);
  await rabbitMq.kill("SIGKILL");
  await expect.poll(() => load.spooled).toBeGreaterThan(0);
  await expect.poll(() => load.failures["503"] ?? 0, { timeout: 90_000 }).toBeGreaterThan(20);
  const refused = await fetch(`${url}/api/v1/telemetry/devices/d/telemetry`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": ADMIN_KEY },
    body: JSON.stringify({
      timestamp: new Date().toISOString(),
      metric_name: "m",
      value: "x".repeat(16_000),
    }),
  });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const health = await fetch(`${url}/health/detailed`, { headers: { "x-api-key": ADMIN_KEY } });
  expect(await health.json()).toMatchObject({
    components: {
      broker: { status: "unhealthy" },
      data_ingestion: { status: "degraded" },
      spool: { status: "degraded" },
    },
    spool: { messages: expect.any(Number), oldest_age_seconds: expect.any(Number) },
  });

  rabbitMq = await startRabbitMq({ home });
  await grown(ledger, 1_000);
  await load.stop();
  await emptied(runtime);
  await runtime.stop();
  runtime = undefined;
  await workOff(place);
  expect(await tallyOf("broker killed, spool full", place, ledger, random.seed)).toEqual(allStored(ledger));
});

/** The schedule's next run would do it too. */
async function emptied({ functions, dependencies }: Runtime): Promise<void> {
  expect((await dependencies.spool.depth()).records).toBeGreaterThan(0);
  await functions.schedule["drain-spool"]?.();
  expect((await dependencies.spool.depth()).records).toBe(0);
}
