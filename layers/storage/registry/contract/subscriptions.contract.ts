import { expect, it } from "vitest";
import { sha256 } from "../../../core/ids.ts";
import { MICROS_PER_DAY, MICROS_PER_SECOND } from "../../../core/time.ts";
import type { Subscription, Ticket } from "../port/subscriptions.ts";
import type { OpenRegistry } from "../port.contract.ts";

const NOW = 1_783_425_600_123_456;

const subscriptionOf = (subscriptionId: string, given: Partial<Subscription> = {}): Subscription => ({
  subscriptionId,
  deviceIds: ["device_001", 'with "quotes"'],
  metricNames: ["temperature"],
  tags: { site: "a, {b}" },
  maxFrequencyMs: 1_000,
  createdBy: "key_a",
  createdAt: NOW,
  ...given,
});

const ticketOf = (ticket: string, expiresAt = NOW + 60 * MICROS_PER_SECOND): Ticket => ({
  hash: sha256(ticket),
  expiresAt,
});

const connecting = (connectionId: string, subscriptionId: string, ticket: string, at = NOW) => ({
  connectionId,
  subscriptionId,
  ticketHash: sha256(ticket),
  at,
});

export function subscriptionsContract(open: OpenRegistry): void {
  const connected = async (
    registry: ReturnType<OpenRegistry>,
    name: string,
    given?: Partial<Subscription>,
  ) => {
    await registry.subscriptions.create(subscriptionOf(`sub_${name}`, given), ticketOf(name));
    await registry.connections.open(connecting(`con_${name}`, `sub_${name}`, name));
  };
  const liveIds = async ({ connections }: ReturnType<OpenRegistry>) =>
    (await connections.live()).map(({ connectionId }) => connectionId);

  it("finds a subscription as it was created", async () => {
    const { subscriptions } = open();
    await subscriptions.create(subscriptionOf("sub_a"), ticketOf("t"));
    expect(await subscriptions.find("sub_a")).toEqual(subscriptionOf("sub_a"));
    expect(await subscriptions.find("sub_b")).toBeUndefined();
  });

  it("lets in with the ticket once, and lists the connection with what it subscribed to", async () => {
    const { subscriptions, connections } = open();
    await subscriptions.create(subscriptionOf("sub_a"), ticketOf("t"));
    expect(await connections.open(connecting("con_1", "sub_a", "t"))).toEqual({});
    expect(await connections.open(connecting("con_2", "sub_a", "t"))).toBeUndefined();
    expect(await connections.live()).toEqual([
      { ...subscriptionOf("sub_a"), connectionId: "con_1", openedAt: NOW },
    ]);
  });

  it("lets nobody in with another's ticket, with none that there is, or too late", async () => {
    const { subscriptions, connections } = open();
    await subscriptions.create(subscriptionOf("sub_a"), ticketOf("of-a"));
    await subscriptions.create(subscriptionOf("sub_b"), ticketOf("of-b"));
    const tried = [
      connecting("con_1", "sub_b", "of-a"),
      connecting("con_2", "sub_a", "unknown"),
      connecting("con_3", "sub_c", "of-a"),
      connecting("con_4", "sub_a", "of-a", NOW + 60 * MICROS_PER_SECOND),
    ];
    for (const each of tried) expect(await connections.open(each)).toBeUndefined();
    expect(await connections.live()).toEqual([]);
  });

  it("gives a subscription more tickets, and its place to the later connection", async () => {
    const { subscriptions, connections } = open();
    await subscriptions.create(subscriptionOf("sub_a"), ticketOf("first"));
    expect(await subscriptions.addTicket("sub_a", ticketOf("second"))).toBe(true);
    expect(await subscriptions.addTicket("sub_b", ticketOf("third"))).toBe(false);
    await connections.open(connecting("con_1", "sub_a", "first"));
    expect(await connections.open(connecting("con_2", "sub_a", "second"))).toEqual({ replaced: "con_1" });
    expect((await connections.live()).map(({ connectionId }) => connectionId)).toEqual(["con_2"]);
  });

  it("lets one of many in that come with one ticket at once", async () => {
    const { subscriptions, connections } = open();
    await subscriptions.create(subscriptionOf("sub_a"), ticketOf("t"));
    const attempts = Array.from({ length: 8 }, (_, i) =>
      connections.open(connecting(`con_${i}`, "sub_a", "t")),
    );
    const admitted = (await Promise.all(attempts)).filter((outcome) => outcome !== undefined);
    expect(admitted).toEqual([{}]);
  });

  it("tells by its mark that a connection opened or closed, and by nothing else [E5-US2 AC5]", async () => {
    const registry = open();
    const marks = [await registry.connections.mark()];
    await connected(registry, "a");
    marks.push(await registry.connections.mark());
    await registry.subscriptions.create(subscriptionOf("sub_b"), ticketOf("b"));
    expect(await registry.connections.mark()).toBe(marks[1]);
    expect(await registry.connections.close("con_a", NOW)).toBe(true);
    expect(await registry.connections.close("con_a", NOW)).toBe(false);
    await registry.connections.open(connecting("con_b", "sub_b", "b"));
    marks.push(await registry.connections.mark());
    expect(new Set(marks).size).toBe(3);
    expect(await liveIds(registry)).toEqual(["con_b"]);
  });

  it("removes a subscription with its connection and its tickets [E5-US3 AC1]", async () => {
    const registry = open();
    await connected(registry, "a");
    await registry.subscriptions.addTicket("sub_a", ticketOf("left"));
    expect(await registry.subscriptions.remove("sub_a")).toEqual(["con_a"]);
    expect(await registry.subscriptions.remove("sub_a")).toBeUndefined();
    expect(await registry.connections.open(connecting("con_b", "sub_a", "left"))).toBeUndefined();
    expect(await liveIds(registry)).toEqual([]);
  });

  it("takes a device out of subscriptions, and those that named no other with it", async () => {
    const registry = open();
    await connected(registry, "only", { deviceIds: ["gone"] });
    await connected(registry, "two", { deviceIds: ["gone", "stays"] });
    await connected(registry, "every", { deviceIds: [] });
    expect(await registry.subscriptions.leaveDevice("gone")).toEqual(["con_only"]);
    expect(await registry.subscriptions.find("sub_only")).toBeUndefined();
    expect(await registry.subscriptions.find("sub_two")).toMatchObject({ deviceIds: ["stays"] });
    expect(await liveIds(registry)).toEqual(["con_two", "con_every"]);
    expect(await registry.subscriptions.leaveDevice("gone")).toEqual([]);
  });

  it("removes whatever a user subscribed to, and nothing of others", async () => {
    const registry = open();
    await connected(registry, "a", { createdBy: "key_gone" });
    await connected(registry, "b", { createdBy: "key_stays" });
    expect(await registry.subscriptions.removeOf("key_gone")).toEqual(["con_a"]);
    expect(await liveIds(registry)).toEqual(["con_b"]);
  });

  it("forgets a subscription that had no connection for a day", async () => {
    const registry = open();
    const { subscriptions, connections } = registry;
    await subscriptions.create(subscriptionOf("sub_never"), ticketOf("t"));
    await connected(registry, "closed");
    await connections.close("con_closed", NOW + MICROS_PER_DAY);
    await subscriptions.expire(NOW + MICROS_PER_DAY);
    expect(await subscriptions.find("sub_never")).toBeDefined();
    await subscriptions.expire(NOW + MICROS_PER_DAY + 1);
    expect(await subscriptions.find("sub_never")).toBeUndefined();
    expect(await subscriptions.find("sub_closed")).toBeDefined();
  });

  it("forgets a connection that must be over, and keeps its subscription [E5-US2 AC5]", async () => {
    const registry = open();
    await connected(registry, "a");
    await registry.subscriptions.expire(NOW + 2 * 3_600 * MICROS_PER_SECOND);
    expect(await liveIds(registry)).toEqual(["con_a"]);
    await registry.subscriptions.expire(NOW + 4 * 3_600 * MICROS_PER_SECOND);
    expect(await liveIds(registry)).toEqual([]);
    expect(await registry.subscriptions.find("sub_a")).toBeDefined();
  });
}
