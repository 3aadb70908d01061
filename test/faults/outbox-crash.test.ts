import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { launch } from "../../apps/local/services/process.ts";
import { openConnection } from "../../layers/broker/connection.ts";
import { identityOf } from "../../layers/core/envelope.ts";
import { temporaryHome } from "../temporary-home.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import { announcementOf, COMMITTED, type OutboxProcessOptions } from "./outbox-process.ts";
import { startOn } from "./place.ts";
import { contentsOf } from "./queue-contents.ts";
import { seededRandom } from "./random.ts";
import { sampleEvent } from "./samples.ts";

const script = fileURLToPath(new URL("outbox-process.ts", import.meta.url));
const LISTENER = "announcements";

let place: FreshPlace;
let home: string;

beforeEach(async () => {
  [place, home] = await Promise.all([freshPlace(), temporaryHome()]);
});

afterEach(async () => {
  await Promise.all([place.drop(), rm(home, { recursive: true, force: true })]);
});

it("announces what a consumer committed that died before it could, once, also when its batch comes again [BUS-08]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const events = Array.from({ length: 200 }, () => sampleEvent(random).event);
  await listen();
  const options = { amqpUrl: place.amqpUrl, databaseUrl: place.databaseUrl, events };
  // The second is given the same batch, as the broker gives it again after the first has died.
  for (const life of ["first", "second"]) await commitAndDie(life, options);

  const runtime = await startOn(place, { consume: false });
  await runtime.functions.schedule["publish-outbox"]?.();
  await runtime.stop();
  const announced = (await contentsOf(place.amqpUrl, LISTENER)).map(({ content }) =>
    identityOf(JSON.parse(content.toString())),
  );
  console.log(
    `consumer killed before its outbox: ${JSON.stringify({ handled: events.length, announced: announced.length })}; seed ${random.seed}`,
  );
  expect(announced).toEqual(events.map((event) => identityOf(announcementOf(event))));
});

async function listen(): Promise<void> {
  const connection = await openConnection({ url: place.amqpUrl, name: "fault tests" });
  const channel = await connection.createChannel();
  await channel.assertQueue(LISTENER, { arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue(LISTENER, "domain.events", "fault.event.announced");
  await channel.close();
  await connection.close();
}

async function commitAndDie(life: string, options: OutboxProcessOptions): Promise<void> {
  const logFile = join(home, `${life}.log`);
  const consumer = await launch({
    ...{ name: "the consumer", command: process.execPath, logFile },
    args: [script, JSON.stringify(options)],
  });
  await consumer.ready(async () => (await readFile(logFile, "utf8")).includes(COMMITTED), 20_000);
  await consumer.kill("SIGKILL");
}
