import { connect } from "amqplib";
import { expect, it } from "vitest";
import type { Runtime } from "../../apps/local/runtime.ts";
import { createBus } from "../../layers/broker/bus.ts";
import { nextStop } from "../../layers/broker/retry.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { freshDatabase, freshVhost } from "../fresh.ts";
import { Ledger, type SentPoint } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { measurementMessages } from "./messages.ts";
import { startOn } from "./place.ts";
import { consumersOf } from "./queue-contents.ts";
import { seededRandom } from "./random.ts";
import { pointSource } from "./samples.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

it("loses and doubles nothing when partitions go from 4 to 6 and back under load", {
  timeout: 240_000,
}, async () => {
  const random = seededRandom();
  const [vhost, database] = await Promise.all([freshVhost(), freshDatabase()]);
  const place = { amqpUrl: vhost.url, databaseUrl: database.url };
  const ledger = new Ledger();
  const nextPoint = pointSource(random, "retried");

  let runtime: Runtime = await startOn(place, { partitions: 4 });
  const load = startLoad({ url: () => runtime.url, ledger, random });
  let partitions = 4;
  for (const next of [6, 4]) {
    await grown(ledger, 1_000);
    ledger.add({ points: await putOnRungs(place.amqpUrl, partitions, nextPoint) });
    const former = runtime;
    runtime = await startOn(place, { partitions: next });
    await grown(ledger, 500);
    await former.stop();
    partitions = next;
  }
  await grown(ledger, 500);
  await load.stop();
  expect(Object.keys(load.failures).filter((failure) => failure !== "connection")).toEqual([]);
  await runtime.stop();

  await workOff(place, { partitions: 4 });
  const connection = await connect(place.amqpUrl);
  for (const gone of ["telemetry.points.4", "telemetry.points.5"]) {
    expect(await consumersOf(connection, gone)).toBe("no queue");
  }
  await connection.close();
  expect(await tallyOf("partitions 4, 6, 4", place, ledger, random.seed)).toEqual(allStored(ledger));
  await Promise.all([vhost.drop(), database.drop()]);
});

/** Of each queue a message that failed once and one that failed twice: they come back after 1 s and after 5 s. */
async function putOnRungs(
  amqpUrl: string,
  partitions: number,
  nextPoint: () => SentPoint,
): Promise<SentPoint[]> {
  const bus = createBus({ url: amqpUrl, name: "fault tests" });
  const points: SentPoint[] = [];
  for (let index = 0; index < partitions; index++) {
    for (const attempt of [0, 1]) {
      const point = nextPoint();
      const failed = measurementMessages([point]).map(({ body, properties }) => ({
        ...{ queue: `telemetry.points.${index}`, body, messageId: properties.messageId, redelivered: false },
        headers: { "x-attempt": attempt, "x-attempts": JSON.stringify(Array(attempt).fill({})) },
      }));
      await bus.publish(failed.map((delivery) => nextStop(delivery, new Error("not yet"), systemClock)));
      points.push(point);
    }
  }
  await bus.close();
  return points;
}
