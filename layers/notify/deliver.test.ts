import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../test/fresh.ts";
import { type PagerDutyServer, startPagerDuty } from "../../test/pagerduty.ts";
import type { Received, Said } from "../../test/receiver.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { type SlackServer, startSlack } from "../../test/slack.ts";
import { UnavailableError } from "../core/errors.ts";
import { microsOf } from "../core/time.ts";
import {
  channelNamed,
  grouped,
  notificationNamed,
  single,
  tell,
} from "../storage/registry/contract/notification-samples.ts";
import { BEFORE_MIDNIGHT, type ManualClock, manualClock } from "../storage/registry/contract/samples.ts";
import type { Notifications } from "../storage/registry/port/notifications.ts";
import type { Registry } from "../storage/registry/port.ts";
import { migrateRegistry } from "../storage/registry/postgres/migrate.ts";
import { openPostgresRegistry } from "../storage/registry/postgres/registry.ts";
import { deliverDue, waitMs } from "./deliver.ts";
import { createPoster } from "./poster.ts";
import { createSender } from "./sender.ts";

let database: Fresh;
let clock: ManualClock;
let registry: Registry;
let slack: SlackServer;
let pagerDuty: PagerDutyServer;
/** What the two say before they look at a request. */
let trouble: {
  slack?: (request: Received) => Said | undefined;
  pagerDuty?: (request: Received) => Said | undefined;
};

beforeAll(async () => {
  database = await freshDatabase();
  await migrateRegistry(database.url);
});
afterAll(() => database.drop());

beforeEach(async () => {
  trouble = {};
  clock = manualClock(BEFORE_MIDNIGHT);
  registry = openPostgresRegistry({ connectionString: database.url, clock });
  slack = await startSlack((request) => trouble.slack?.(request));
  pagerDuty = await startPagerDuty((request) => trouble.pagerDuty?.(request));
  for (const { name } of await registry.channels.list()) await registry.channels.remove(name, 0);
  await registry.notifications.forget(Number.MAX_SAFE_INTEGER);
  await registry.channels.create(channelNamed("slack", { target: { kind: "slack", url: slack.webhook } }));
  const target = { kind: "pagerduty", routingKey: "R".repeat(32), region: "us" } as const;
  await registry.channels.create(channelNamed("pager", { target }));
});
afterEach(async () => {
  await Promise.all([slack.close(), pagerDuty.close(), registry.close()]);
});

const deliver = (notifications: Notifications = registry.notifications) =>
  deliverDue({
    notifications,
    send: createSender({
      poster: createPoster({ allowLoopback: true, timeoutMs: 500 }),
      mailer: { send: () => expect.unreachable() },
      clock,
      pagerDutyBase: pagerDuty.url,
    }),
    clock,
    logger: silentLogger,
    random: () => 1,
  });

const tellAll = (count: number, channel = "slack", given: Parameters<typeof notificationNamed>[1] = {}) =>
  tell(
    registry,
    clock.now(),
    ...Array.from({ length: count }, (_, i) =>
      single(channel, notificationNamed(`${channel}-${clock.now()}-${i}`, { title: `n${i}`, ...given })),
    ),
  );
const alert = (action: "trigger" | "acknowledge" | "resolve", lastAt: number, channel = "pager") =>
  single(channel, notificationNamed(`${action} ${channel}`, { action, incident: "alert alr_1", lastAt }));
const listed = (channel: string) => registry.notifications.list(channel, { limit: 5_000, offset: 0 });
const statesOf = async (channel: string) => (await listed(channel)).map(({ state }) => state).toReversed();

describe("delivery", () => {
  it("sends what is due, in order, and writes down what was answered [BUS-20]", async () => {
    await tellAll(3);
    await deliver();
    expect(slack.posted()).toEqual(["❌ n0", "❌ n1", "❌ n2"]);
    expect(await listed("slack")).toMatchObject(
      Array.from({ length: 3 }, () => ({ state: "sent", detail: "200 ok" })),
    );
    await deliver();
    expect(slack.received).toHaveLength(3);
  });

  it("sends a trigger, its acknowledgement and its end, one after the other, under one key [BUS-20]", async () => {
    await tell(registry, clock.now(), alert("trigger", 1), alert("acknowledge", 2), alert("resolve", 3));
    await deliver();
    expect(pagerDuty.events().map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)).toEqual([
      "trigger alert alr_1",
      "acknowledge alert alr_1",
      "resolve alert alr_1",
    ]);
    expect(pagerDuty.incidents()).toMatchObject([{ state: "resolved", repeats: 0 }]);
  });

  it("pages nobody for an alert whose end arrived first", async () => {
    await tell(registry, clock.now(), alert("resolve", 3));
    await deliver();
    await tell(registry, clock.now() + 1, alert("trigger", 1));
    await deliver();
    expect(pagerDuty.incidents()).toEqual([]);
    expect(await statesOf("pager")).toEqual(["sent", "superseded"]);
  });

  it("does not send what will never be taken again, says why, and goes on", async () => {
    let first = true;
    trouble.slack = () => {
      const said = first ? { status: 404, text: "no_service" } : undefined;
      first = false;
      return said;
    };
    await tellAll(2);
    await deliver();
    expect(await statesOf("slack")).toEqual(["failed", "sent"]);
    expect((await listed("slack"))[1]).toMatchObject({
      state: "failed",
      detail: "404 no_service",
      attempts: 1,
    });
  });
});

describe("a receiver that is down", () => {
  it("is left alone for longer and longer, and gets everything once it is back, under the same keys", async () => {
    trouble.pagerDuty = () => "silence";
    await tell(
      registry,
      clock.now(),
      single("pager", notificationNamed("a")),
      single("pager", notificationNamed("b")),
    );
    const tries = [];
    for (let second = 0; second < 200; second++) {
      const before = pagerDuty.received.length;
      await deliver();
      if (pagerDuty.received.length > before) tries.push(second);
      clock.advance(1_000);
    }
    expect(tries).toEqual([0, 10, 30, 70, 150]);
    trouble = {};
    clock.advance(300_000);
    await deliver();
    await deliver();
    expect(await statesOf("pager")).toEqual(["sent", "sent"]);
    const keys = pagerDuty.received.map(({ body }) => JSON.parse(body).dedup_key as string);
    expect([...new Set(keys)].toSorted()).toEqual(["incident a", "incident b"]);
    expect(pagerDuty.incidents()).toHaveLength(2);
  });

  it("holds up no other", async () => {
    trouble.pagerDuty = () => "nothing";
    await tellAll(1, "pager");
    await tellAll(2, "slack");
    await deliver();
    expect(await statesOf("slack")).toEqual(["sent", "sent"]);
    expect(await statesOf("pager")).toEqual(["pending"]);
  });

  it("is given the time that it asks for", async () => {
    trouble.slack = () => ({ status: 429, text: "rate_limited", headers: { "retry-after": "120" } });
    await tellAll(2);
    await deliver();
    expect(slack.received).toHaveLength(1);
    trouble = {};
    clock.advance(119_000);
    await deliver();
    expect(slack.received).toHaveLength(1);
    clock.advance(1_000);
    await deliver();
    expect(await statesOf("slack")).toEqual(["sent", "sent"]);
  });

  it("does not make one message that it chokes on hold up those behind it", async () => {
    trouble.slack = ({ body }) => (body.includes("n0") ? { status: 500, text: "rollup_error" } : undefined);
    await tellAll(3);
    await deliver();
    clock.advance(10_000);
    await deliver();
    clock.advance(10_000);
    await deliver();
    expect(await statesOf("slack")).toEqual(["pending", "sent", "sent"]);
  });

  it("is not told that an alert is over before it took that it began", async () => {
    trouble.pagerDuty = ({ body }) => (body.includes('"trigger"') ? { status: 500 } : undefined);
    await tell(registry, clock.now(), alert("trigger", 1), alert("resolve", 2));
    for (let round = 0; round < 3; round++) {
      await deliver();
      clock.advance(60_000);
    }
    expect(pagerDuty.events()).toEqual([]);
    trouble = {};
    await deliver();
    expect(pagerDuty.events().map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
  });

  it("is not paged for what was over before it came back", async () => {
    trouble.pagerDuty = () => "silence";
    await tell(registry, clock.now(), alert("trigger", 1));
    await deliver();
    clock.advance(6 * 60_000);
    await tell(registry, clock.now(), alert("resolve", 2));
    trouble = {};
    await deliver();
    expect(pagerDuty.incidents()).toEqual([]);
    expect(await statesOf("pager")).toEqual(["superseded", "sent"]);
  });
});

describe("whoever delivers and ends between sending and writing it down", () => {
  it("has it sent once more, with the same key, when its claim is over", async () => {
    await tell(registry, clock.now(), single("pager", notificationNamed("a")));
    const gone = () => Promise.reject(new UnavailableError("killed"));
    const killed = { ...registry.notifications, settle: gone, release: gone };
    await expect(deliver(killed)).rejects.toThrow("killed");
    expect(pagerDuty.incidents()).toHaveLength(1);
    await deliver();
    expect(pagerDuty.received).toHaveLength(1);
    clock.advance(60_000);
    await deliver();
    expect(pagerDuty.received.map(({ body }) => body)).toEqual(Array(2).fill(pagerDuty.received[0]?.body));
    expect(pagerDuty.incidents()).toMatchObject([{ dedupKey: "incident a", repeats: 1 }]);
    expect(await statesOf("pager")).toEqual(["sent"]);
  });

  it("shares the work with others, so that each is sent once", async () => {
    await tellAll(8);
    await tellAll(8, "pager");
    await Promise.all([deliver(), deliver(), deliver()]);
    await deliver();
    expect(slack.posted().toSorted()).toEqual(Array.from({ length: 8 }, (_, i) => `❌ n${i}`));
    expect(pagerDuty.incidents()).toHaveLength(8);
    expect(pagerDuty.events()).toHaveLength(8);
  });

  it("leaves nothing behind that is recorded while somebody else holds the channel", async () => {
    await tellAll(1);
    let recorded = false;
    const slowToRelease: Notifications = {
      ...registry.notifications,
      async release(claim, pause) {
        if (claim.due.length === 0 && !recorded) {
          recorded = true;
          await tell(registry, clock.now() + 5, single("slack", notificationNamed("late")));
          await deliver();
          expect(slack.posted()).toHaveLength(1);
        }
        await registry.notifications.release(claim, pause);
      },
    };
    await deliver(slowToRelease);
    expect(recorded).toBe(true);
    expect(await statesOf("slack")).toEqual(["sent", "sent"]);
  });
});

describe("a storm", () => {
  const countsOf = async (channel: string) =>
    (await listed(channel))
      .filter(({ state }) => state === "sent")
      .reduce((sum, { notification }) => sum + notification.count, 0);

  it("of a thousand alerts becomes ten messages, and the counts add up", async () => {
    await tellAll(1_000);
    await deliver();
    expect(slack.posted()).toHaveLength(10);
    expect(slack.posted().at(-1)).toBe("❌ 991 more notifications were held back");
    expect(await countsOf("slack")).toBe(1_000);
    clock.advance(1_000);
    await tellAll(1, "slack", { title: "later" });
    await deliver();
    expect(slack.posted()).toHaveLength(10);
    clock.advance(60_001);
    await deliver();
    expect(slack.posted().at(-1)).toBe("❌ later");
  });

  it("of a thousand errors in ten groups becomes twenty messages, and the counts add up [BUS-20]", async () => {
    for (let batch = 0; batch < 10; batch++) {
      const errors = Array.from({ length: 100 }, (_, i) =>
        grouped("slack", `k${i % 10}`, notificationNamed(`e${batch}-${i}`, { title: `group ${i % 10}` })),
      );
      await tell(registry, clock.now(), ...errors);
      await deliver();
    }
    expect(await countsOf("slack")).toBe(10);
    clock.advance(5 * 60_000);
    await registry.notifications.endWindows(microsOf(clock.now()));
    await deliver();
    expect(slack.posted()).toHaveLength(20);
    expect(await countsOf("slack")).toBe(1_000);
    const said = slack.posted().flatMap((heading) => /(\d+) more: group/.exec(heading)?.[1] ?? []);
    expect(said.map(Number)).toEqual(Array(10).fill(99));
  });

  it("lets the most severe through, and what makes a pager quieter", async () => {
    const target = { kind: "pagerduty", routingKey: "R".repeat(32), region: "us" } as const;
    await registry.channels.replace(channelNamed("pager", { target, maxPerMinute: 3 }));
    const many = Array.from({ length: 20 }, (_, i) =>
      single(
        "pager",
        notificationNamed(`w${i}`, { severity: i === 17 ? "emergency" : "warning", title: `w${i}` }),
      ),
    );
    const ends = Array.from({ length: 20 }, (_, i) =>
      single("pager", notificationNamed(`end${i}`, { action: "resolve", incident: `other ${i}` })),
    );
    await tell(registry, clock.now(), ...many, ...ends);
    await deliver();
    const summaries = pagerDuty.incidents().map(({ summary }) => summary);
    expect(summaries).toEqual(["w0", "w17", "18 more notifications were held back"]);
    expect(pagerDuty.events().filter(({ event_action }) => event_action === "resolve")).toHaveLength(20);
  });
});

describe("the wait before another try", () => {
  it("doubles from ten seconds to five minutes, spread over its upper half", () => {
    const waits = [0, 1, 2, 3, 4, 5, 50, 5_000].map((before) => [
      waitMs({}, before, 0),
      waitMs({}, before, 1),
    ]);
    expect(waits.map(([least]) => (least ?? 0) / 1_000)).toEqual([5, 10, 20, 40, 80, 150, 150, 150]);
    expect(waits.map(([, most]) => (most ?? 0) / 1_000)).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it("is at least what the other side asks for", () => {
    expect(waitMs({ retryAfterMs: 90_000 }, 0, 0)).toBe(90_000);
    expect(waitMs({ retryAfterMs: 1 }, 0, 0)).toBe(5_000);
  });
});
