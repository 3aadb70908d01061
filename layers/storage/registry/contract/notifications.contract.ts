import { expect, it } from "vitest";
import { grouping } from "../../../core/grouping.ts";
import type { Notification } from "../../../core/notification.ts";
import { MICROS_PER_SECOND, microsOf } from "../../../core/time.ts";
import type { Claim, Telling } from "../port/notifications.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { Registry } from "../port.ts";
import { channelNamed, grouped, notificationNamed, single, tell } from "./notification-samples.ts";
import { BEFORE_MIDNIGHT, entry, manualClock } from "./samples.ts";

const NOW = microsOf(BEFORE_MIDNIGHT);
const SECOND = MICROS_PER_SECOND;
const MINUTE = 60 * SECOND;

export function notificationsContract(open: OpenRegistry): void {
  const clock = manualClock(BEFORE_MIDNIGHT);
  const openNow = () => open(manualClock(BEFORE_MIDNIGHT));
  const tellNow = (registry: Registry, ...tellings: Telling[]) => tell(registry, clock.now(), ...tellings);
  const ops = (notification: Notification) => single("ops", notification);
  const withChannel = async (name = "ops", given: Parameters<typeof channelNamed>[1] = {}) => {
    const registry = openNow();
    await registry.channels.create(channelNamed(name, given));
    return registry;
  };
  const claimed = async ({ notifications }: Registry, at = NOW, channel = "ops"): Promise<Claim> => {
    const claim = await notifications.claim(channel, at, MINUTE);
    if (!claim) throw new Error(`expected to get hold of ${channel}`);
    return claim;
  };
  const due = async (registry: Registry, at = NOW, channel = "ops") => {
    const claim = await claimed(registry, at, channel);
    await registry.notifications.release(claim);
    return claim.due.map(({ notification }) => notification.eventId);
  };

  it("records what an event means once, with the event, and hands it out as it was", async () => {
    const registry = await withChannel();
    const notification = notificationNamed("a");
    await tellNow(registry, ops(notification));
    await tell(registry, clock.now() + 1, single("ops", notification));
    const claim = await claimed(registry);
    expect(claim).toMatchObject({ channel: channelNamed("ops"), sentInMinute: 0, failures: 0 });
    expect(claim.due).toEqual([
      {
        id: expect.any(Number),
        channel: "ops",
        state: "pending",
        metered: true,
        notification,
        recordedAt: NOW,
        nextAt: NOW,
        attempts: 0,
      },
    ]);
  });

  it("records nothing when the effect throws", async () => {
    const registry = await withChannel();
    const failing = registry.inbox.once(
      "q",
      [entry("a", clock.now())],
      { kind: "events" },
      async (_, effects) => {
        await effects.notify([
          single("ops", notificationNamed("a")),
          grouped("ops", "k", notificationNamed("b")),
        ]);
        throw new RangeError("of the effect's own");
      },
    );
    await expect(failing).rejects.toThrow(RangeError);
    expect(await registry.notifications.list("ops", { limit: 10, offset: 0 })).toEqual([]);
    expect(await registry.notifications.endWindows(NOW + 60 * MINUTE)).toBe(0);
  });

  it("lets one at a time deliver to a channel, and others to others", async () => {
    const registry = await withChannel();
    const other = openNow();
    await other.channels.create(channelNamed("other"));
    await tellNow(registry, ops(notificationNamed("a")), single("other", notificationNamed("b")));
    expect(await other.notifications.waiting(NOW)).toEqual(["ops", "other"]);
    const claim = await claimed(registry);
    expect(await other.notifications.claim("ops", NOW, MINUTE)).toBeUndefined();
    expect(await other.notifications.waiting(NOW)).toEqual(["other"]);
    expect(await due(other, NOW, "other")).toEqual(["b"]);
    await registry.notifications.release(claim);
    expect(await due(other)).toEqual(["a"]);
  });

  it("takes a channel from a holder that ended without a word, and then leaves it to the new one", async () => {
    const registry = await withChannel();
    const ended = await claimed(registry);
    expect(await registry.notifications.claim("ops", NOW + MINUTE - 1, MINUTE)).toBeUndefined();
    await claimed(registry, NOW + MINUTE);
    await registry.notifications.release(ended);
    expect(await registry.notifications.claim("ops", NOW + MINUTE, MINUTE)).toBeUndefined();
  });

  it("hands out neither what is settled nor what is not due, in the order in which it was recorded", async () => {
    const registry = await withChannel();
    const { notifications } = registry;
    await tellNow(registry, ...["a", "b", "c", "d"].map((name) => ops(notificationNamed(name))));
    const { due: all, ...claim } = await claimed(registry);
    const [a, b] = all;
    await notifications.settle(a?.id ?? 0, { state: "sent", detail: "200 ok" }, NOW);
    await notifications.settle(b?.id ?? 0, { state: "pending", detail: "503", nextAt: NOW + SECOND }, NOW);
    await notifications.release({ ...claim, due: [] });
    expect(await due(registry)).toEqual(["c", "d"]);
    expect(await due(registry, NOW + SECOND)).toEqual(["c", "d", "b"]);
    const listed = await notifications.list("ops", { limit: 2, offset: 2 });
    expect(listed).toMatchObject([
      { id: b?.id, state: "pending", attempts: 1, detail: "503", nextAt: NOW + SECOND },
      { id: a?.id, state: "sent", attempts: 1, detail: "200 ok", settledAt: NOW },
    ]);
    expect(await notifications.list("ops", { state: "sent", limit: 10, offset: 0 })).toHaveLength(1);
    expect((await claimed(registry)).sentInMinute).toBe(1);
  });

  it("counts what was sent within the minute", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")), ops(notificationNamed("b")));
    const claim = await claimed(registry);
    for (const [i, { id }] of claim.due.entries()) {
      await registry.notifications.settle(id, { state: "sent", detail: "" }, NOW + i * SECOND);
    }
    await registry.notifications.release(claim);
    const counts = [];
    for (const at of [NOW + SECOND, NOW + MINUTE, NOW + MINUTE + SECOND]) {
      const { sentInMinute, ...rest } = await claimed(registry, at);
      counts.push(sentInMinute);
      await registry.notifications.release({ ...rest, sentInMinute });
    }
    expect(counts).toEqual([2, 1, 0]);
  });

  it("leaves a paused channel alone until the pause is over, and counts pauses", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")));
    await registry.notifications.release(await claimed(registry), { until: NOW + MINUTE, failures: 3 });
    expect(await registry.notifications.waiting(NOW + MINUTE - 1)).toEqual([]);
    expect(await registry.notifications.claim("ops", NOW + MINUTE - 1, MINUTE)).toBeUndefined();
    expect(await registry.notifications.waiting(NOW + MINUTE)).toEqual(["ops"]);
    expect((await claimed(registry, NOW + MINUTE)).failures).toBe(3);
  });

  it("ends a pause when the channel is changed, and tries at once what waits", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")));
    const claim = await claimed(registry);
    const later = { state: "pending", detail: "", nextAt: NOW + 60 * MINUTE } as const;
    await registry.notifications.settle(claim.due[0]?.id ?? 0, later, NOW);
    await registry.notifications.release(claim, { until: NOW + 60 * MINUTE, failures: 3 });
    await registry.channels.replace(channelNamed("ops", { updatedAt: NOW + SECOND }));
    expect(await due(registry, NOW + SECOND)).toEqual(["a"]);
  });

  it("hands out nothing of a channel that is turned off", async () => {
    const registry = await withChannel("ops", { enabled: false });
    await tellNow(registry, ops(notificationNamed("a")));
    expect(await registry.notifications.waiting(NOW)).toEqual([]);
    expect(await registry.notifications.claim("ops", NOW, MINUTE)).toBeUndefined();
  });

  const alert = (name: string, action: "trigger" | "acknowledge" | "resolve", lastAt: number) =>
    notificationNamed(name, { incident: "alert alr_1", action, lastAt });

  it("hands out of one incident the oldest only, so that nothing ends before it begins", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(alert("t", "trigger", 1)), ops(alert("a", "acknowledge", 2)));
    await tellNow(registry, ops(alert("r", "resolve", 3)), ops(notificationNamed("other")));
    const seen = [];
    for (let round = 0; round < 3; round++) {
      const claim = await claimed(registry);
      seen.push(claim.due.map(({ notification }) => notification.eventId));
      for (const { id } of claim.due)
        await registry.notifications.settle(id, { state: "sent", detail: "" }, NOW);
      await registry.notifications.release(claim);
    }
    expect(seen).toEqual([["t", "other"], ["a"], ["r"]]);
  });

  it("does not tell that an alert was triggered which is known to be over, whichever came first", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(alert("r", "resolve", 5)), ops(alert("t", "trigger", 1)));
    await tellNow(registry, ops(alert("a", "acknowledge", 2)), ops(alert("again", "trigger", 6)));
    const states = (await registry.notifications.list("ops", { limit: 9, offset: 0 })).map(
      ({ state, notification }) => `${notification.eventId} ${state}`,
    );
    expect(states).toEqual(["again pending", "a superseded", "t superseded", "r pending"]);
  });

  it("does not page for the past: a trigger that waited for minutes is not sent once its end is known", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(alert("t", "trigger", 1)));
    const later = open(manualClock(BEFORE_MIDNIGHT + 6 * 60_000));
    await tell(later, clock.now(), single("ops", alert("r", "resolve", 2)));
    expect(await due(later, NOW + 10 * MINUTE)).toEqual(["r"]);
  });

  it("knows which channels were told of an incident", async () => {
    const registry = await withChannel();
    await registry.channels.create(channelNamed("b"));
    await tellNow(registry, ops(alert("t", "trigger", 1)), single("b", alert("t2", "trigger", 1)));
    const told = await registry.notifications.toldOf(["alert alr_1", "alert alr_2"]);
    expect([...told]).toEqual([["alert alr_1", ["b", "ops"]]]);
  });

  it("tells the first of a group at once, and the others when the window ends [BUS-20]", async () => {
    const registry = await withChannel();
    for (let batch = 0; batch < 4; batch++) {
      const errors = Array.from({ length: 250 }, (_, i) =>
        grouped("ops", "k", notificationNamed(`e${batch * 250 + i}`)),
      );
      await tell(registry, clock.now(), ...errors);
    }
    expect((await claimed(registry)).due.map(({ notification }) => notification.form)).toEqual(["first"]);
    const end = NOW + grouping.firstWindowMicros;
    expect(await registry.notifications.endWindows(end - 1)).toBe(0);
    expect(await registry.notifications.endWindows(end)).toBe(1);
    expect(await registry.notifications.endWindows(end)).toBe(0);
    const told = await registry.notifications.list("ops", { limit: 10, offset: 0 });
    expect(told.map(({ notification: { form, count } }) => [form, count])).toEqual([
      ["summary", 999],
      ["first", 1],
    ]);
  });

  it("keeps groups of each channel and key by themselves, in one batch and over several", async () => {
    const registry = await withChannel();
    await registry.channels.create(channelNamed("b"));
    const names = ["ops k", "b k", "ops j", "ops k", "b k"];
    const tellings = names.map((name, i) => {
      const [channel = "", key = ""] = name.split(" ");
      return grouped(channel, key, notificationNamed(`e${i}`));
    });
    await tell(registry, clock.now(), ...tellings);
    expect(await due(registry)).toEqual(["e0", "e2"]);
    expect(await due(registry, NOW, "b")).toEqual(["e1"]);
    expect(await registry.notifications.endWindows(NOW + 60 * MINUTE)).toBe(3);
  });

  it("tells a pager, and nobody else, that it is quiet again, and does not count that", async () => {
    const registry = await withChannel();
    const target = { kind: "pagerduty", routingKey: "r".repeat(32), region: "us" } as const;
    await registry.channels.create(channelNamed("pager", { target }));
    await tell(
      registry,
      clock.now(),
      ...["ops", "pager"].map((channel) => grouped(channel, "k", notificationNamed(`e ${channel}`))),
    );
    await registry.notifications.endWindows(NOW + 60 * MINUTE);
    const forms = async (channel: string) =>
      (await registry.notifications.list(channel, { limit: 9, offset: 0 })).map(
        ({ notification, metered }) => `${notification.form} ${metered}`,
      );
    expect(await forms("ops")).toEqual(["first true"]);
    expect(await forms("pager")).toEqual(["quiet false", "first true"]);
  });

  it("folds what is held back into one that stands for it, in one step", async () => {
    const registry = await withChannel();
    const names = ["a", "b", "c"];
    await tellNow(registry, ...names.map((name) => ops(notificationNamed(name))));
    const claim = await claimed(registry);
    const into = notificationNamed("fold", { form: "held_back", count: 2 });
    const folded = claim.due.slice(1).map(({ id }) => id);
    const delivery = await registry.notifications.fold("ops", folded, into, NOW);
    expect(delivery).toMatchObject({ channel: "ops", state: "pending", notification: into });
    await registry.notifications.release(claim);
    expect(await due(registry)).toEqual(["a", "fold"]);
    const held = await registry.notifications.list("ops", { state: "held_back", limit: 9, offset: 0 });
    expect(held.map(({ detail }) => detail)).toEqual(["folded into ntf_fold", "folded into ntf_fold"]);
  });

  it("leaves what is settled as it is", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")));
    const claim = await claimed(registry);
    const id = claim.due[0]?.id ?? 0;
    await registry.notifications.settle(id, { state: "sent", detail: "200" }, NOW);
    await registry.notifications.settle(id, { state: "failed", detail: "late" }, NOW + 1);
    const [delivery] = await registry.notifications.list("ops", { limit: 1, offset: 0 });
    expect(delivery).toMatchObject({ state: "sent", detail: "200", settledAt: NOW });
  });

  it("gives up on what waits too long, and says what", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")));
    const { notifications } = registry;
    expect(await notifications.expire(NOW, NOW + 5)).toEqual([]);
    expect(await notifications.expire(NOW + 1, NOW + 5)).toMatchObject([
      { channel: "ops", state: "failed", detail: "given up: the channel took nothing", settledAt: NOW + 5 },
    ]);
    expect(await notifications.expire(NOW + 1, NOW + 5)).toEqual([]);
  });

  it("fails what waits for a channel that is removed, and what is for one that there is not", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")), single("nobody", notificationNamed("b")));
    await tell(registry, clock.now(), grouped("ops", "k", notificationNamed("g")));
    await registry.channels.remove("ops", NOW + 5);
    const listed = async (channel: string) =>
      (await registry.notifications.list(channel, { limit: 9, offset: 0 })).map(
        ({ state, detail }) => `${state}: ${detail}`,
      );
    const removed = "failed: the channel was removed";
    expect(await listed("ops")).toEqual([removed, removed]);
    expect(await listed("nobody")).toEqual(["failed: there is no such channel"]);
    expect(await registry.notifications.endWindows(NOW + 60 * MINUTE)).toBe(0);
  });

  it("forgets what was settled long ago, and nothing that waits", async () => {
    const registry = await withChannel();
    await tellNow(registry, ops(notificationNamed("a")), ops(notificationNamed("b")));
    const claim = await claimed(registry);
    await registry.notifications.settle(claim.due[0]?.id ?? 0, { state: "sent", detail: "" }, NOW);
    await registry.notifications.forget(NOW);
    expect(await registry.notifications.list("ops", { limit: 9, offset: 0 })).toHaveLength(2);
    await registry.notifications.forget(NOW + 1);
    expect(await registry.notifications.list("ops", { limit: 9, offset: 0 })).toMatchObject([
      { state: "pending" },
    ]);
  });
}
