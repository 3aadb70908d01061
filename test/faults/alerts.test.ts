import { connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rmqEvent } from "../../apps/local/sources/rmq-event.ts";
import { createHandler } from "../../functions/evaluate-rules/handler.ts";
import { createBus } from "../../layers/broker/bus.ts";
import type { Outgoing } from "../../layers/broker/message.ts";
import type { AlertRule } from "../../layers/core/alerting/alert-rule.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { microsOf } from "../../layers/core/time.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { silentLogger } from "../silent-logger.ts";
import { type FreshPlace, freshPlace } from "./fresh-place.ts";
import type { SentPoint } from "./ledger.ts";
import { measurementMessages } from "./messages.ts";
import { startOn } from "./place.ts";
import { contentsOf } from "./queue-contents.ts";
import { type Random, seededRandom } from "./random.ts";
import { workOff } from "./work-off.ts";

const LISTENER = "alerts heard";
const METRIC = "temperature";
const DEVICES = 60;

let place: FreshPlace;

beforeEach(async () => {
  place = await freshPlace();
  const connection = await connect(place.amqpUrl);
  const channel = await connection.createChannel();
  await channel.assertQueue(LISTENER, { arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue(LISTENER, "errors.events", "alert.#");
  await connection.close();
});

afterEach(() => place.drop());

const rule = (given: Partial<AlertRule> = {}): AlertRule => ({
  ...{ ruleId: "rul_hot", name: "Hot", metricName: METRIC, condition: ">", threshold: 90 },
  ...{ deviceIds: [], deviceGroups: [], evaluationWindowSeconds: 600, triggerCount: 3, level: "critical" },
  ...{ notificationChannels: [], cooldownMinutes: 1_440, autoResolve: false, autoResolveTimeoutSeconds: 600 },
  ...{ enabled: true, tags: [], metadata: {}, createdAt: 0, createdBy: "key_1", updatedAt: 0 },
  ...given,
});

async function withRegistry<Result>(work: (registry: Registry) => Promise<Result>): Promise<Result> {
  const registry = openPostgresRegistry({ connectionString: place.databaseUrl });
  return work(registry).finally(() => registry.close());
}

type Registry = ReturnType<typeof openPostgresRegistry>;

/** Of every device ten breaches and ten good values, a second apart, and of each the first breach at that. */
function reports(random: Random, endedMsAgo: number): SentPoint[] {
  const end = Date.now() - endedMsAgo;
  return Array.from({ length: DEVICES }, (_, device) =>
    Array.from({ length: 20 }, (_, second) => ({
      deviceId: `d${device}`,
      metricName: METRIC,
      time: microsOf(end - second * 1_000),
      value: second % 2 === 0 ? random.between(91, 120) : random.between(0, 90),
    })),
  ).flat();
}

/** Requests of a few points each, of any devices. */
function requestsOf(random: Random, points: readonly SentPoint[], acceptedMs: number): Outgoing[] {
  const left = random.shuffled(points);
  const messages: Outgoing[] = [];
  while (left.length > 0) {
    messages.push(...measurementMessages(left.splice(0, random.between(1, 30)), { acceptedMs }));
  }
  return messages;
}

const openAlerts = () =>
  withRegistry(async ({ alerts }) => (await alerts.list({ limit: 1_000, offset: 0 })).alerts);

/** The events of alerts, by their ids, each as often as it was published. */
async function heard(): Promise<string[]> {
  const contents = await contentsOf(place.amqpUrl, LISTENER);
  return contents.map(({ content }) => String(JSON.parse(content.toString()).id)).sort();
}

it("raises one alert per rule and device, with its event, though all comes twice and shuffled to two who compete [FR-014, FR-016]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  await withRegistry(({ rules }) => rules.create(rule(), []));
  const messages = requestsOf(random, reports(random, 0), Date.now());
  const rivals = await Promise.all([startOn(place), startOn(place)]);
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(random.shuffled([...messages, ...messages]));
  await bus.close();
  await Promise.all(rivals.map((rival) => rival.stop()));
  await workOff(place);
  const alerts = await openAlerts();
  console.log(
    `alerts from doubled and shuffled deliveries: ${alerts.length} of ${DEVICES}; seed ${random.seed}`,
  );
  expect(alerts.map(({ deviceId }) => deviceId).sort()).toEqual(
    Array.from({ length: DEVICES }, (_, device) => `d${device}`).sort(),
  );
  expect([...new Set(await heard())]).toEqual(alerts.map(({ alertId }) => `${alertId}.triggered`).sort());
});

it("publishes every alert's event once in the end, also if the consumer dies before it could, and its batch comes again [FR-014, FR-019]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const messages = requestsOf(random, reports(random, 0), Date.now());
  const batch = rmqEvent("telemetry.rules.0", messages.map(delivered));
  // To it the broker is gone the moment that it wants to publish.
  const bus = createBus({ url: "amqp://127.0.0.1:1", name: "fault tests" });
  await withRegistry(async (registry) => {
    await registry.rules.create(rule(), []);
    for (let life = 0; life < 2; life++) {
      await createHandler({ bus, clock: systemClock, logger: silentLogger, registry })(batch);
    }
  });
  await bus.close();
  expect(await heard()).toEqual([]);
  const runtime = await startOn(place, { consume: false });
  await runtime.functions.schedule["publish-outbox"]?.();
  await runtime.stop();
  const alerts = await openAlerts();
  expect(alerts).toHaveLength(DEVICES);
  expect(await heard()).toEqual(alerts.map(({ alertId }) => `${alertId}.triggered`).sort());
});

const delivered = ({ body, properties }: Outgoing, index: number) => ({
  content: body,
  fields: { consumerTag: "c", deliveryTag: index, redelivered: false, exchange: "e", routingKey: "k" },
  properties: { headers: {}, ...properties } as Parameters<typeof rmqEvent>[1][number]["properties"],
});

it("pages nobody for the day that a device was offline, and sees its present at once", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  await withRegistry(({ rules }) => rules.create(rule(), []));
  const yesterday = requestsOf(random, reports(random, 86_400_000), Date.now());
  const present = requestsOf(
    random,
    reports(random, 0).filter(({ deviceId }) => deviceId === "d7"),
    Date.now(),
  );
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish([...yesterday, ...present]);
  await bus.close();
  await workOff(place);
  const alerts = await openAlerts();
  expect(alerts.map(({ deviceId }) => deviceId)).toEqual(["d7"]);
  expect(new Set(await heard())).toEqual(new Set(alerts.map(({ alertId }) => `${alertId}.triggered`)));
});

it("records every point while the rules cannot be evaluated, and evaluates them afterwards", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  await withRegistry(({ rules }) => rules.create(rule(), []));
  const runtime = await startOn(place, { consume: false });
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  const points = reports(random, 0);
  const messages = requestsOf(random, points, Date.now());
  await bus.publish(messages);
  const { queue } = runtime.functions;
  const batch = rmqEvent("telemetry.points.0", messages.map(delivered));
  await queue["record-points"]?.(batch);
  const { measurements } = runtime.dependencies;
  const times = points.filter(({ deviceId }) => deviceId === "d7").map(({ time }) => time);
  const latest = await measurements.latest({ deviceId: "d7", metricName: METRIC, since: 0 });
  expect(latest?.time).toBe(Math.max(...times));
  expect(await openAlerts()).toEqual([]);
  await bus.close();
  await runtime.stop();
  await workOff(place);
  expect(await openAlerts()).toHaveLength(DEVICES);
});
