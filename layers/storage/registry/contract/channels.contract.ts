import { expect, it } from "vitest";
import { RefusedError } from "../../../core/errors.ts";
import type { Channel } from "../port/channels.ts";
import type { OpenRegistry } from "../port.contract.ts";
import { channelNamed } from "./notification-samples.ts";

export function channelsContract(open: OpenRegistry): void {
  it.each<Channel["target"]>([
    { kind: "slack", url: "https://hooks.slack.com/services/T0/B0/x" },
    { kind: "pagerduty", routingKey: "r".repeat(32), region: "eu" },
    { kind: "email", to: ["a@example.com", "b@example.com"] },
    { kind: "webhook", url: "https://example.com/hook", secret: 's"{}\\' },
  ])("finds a channel as it was created: $kind", async (target) => {
    const { channels } = open();
    const channel = channelNamed("ops", { target, events: ["alert.#", "api.error"], enabled: false });
    await channels.create(channel);
    expect(await channels.find("ops")).toEqual(channel);
    expect(await channels.find("Ops")).toBeUndefined();
  });

  it("refuses a second channel of a name", async () => {
    const { channels } = open();
    await channels.create(channelNamed("ops"));
    const creating = channels.create(channelNamed("ops", { maxPerMinute: 99 }));
    await expect(creating).rejects.toThrow(RefusedError);
    await expect(creating).rejects.toMatchObject({ status: 409 });
    expect(await channels.find("ops")).toEqual(channelNamed("ops"));
  });

  it("puts a channel in the place of the one of its name, which stays as old as it is", async () => {
    const { channels } = open();
    expect(await channels.replace(channelNamed("ops"))).toBe(false);
    await channels.create(channelNamed("ops", { createdAt: 5 }));
    expect(await channels.replace(channelNamed("ops", { enabled: false, updatedAt: 9 }))).toBe(true);
    expect(await channels.find("ops")).toEqual(
      channelNamed("ops", { enabled: false, createdAt: 5, updatedAt: 9 }),
    );
  });

  it("lists channels by name, and removes them", async () => {
    const { channels } = open();
    for (const name of ["b", "c", "a"]) await channels.create(channelNamed(name));
    expect((await channels.list()).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(await channels.remove("b", 1)).toBe(true);
    expect(await channels.remove("b", 1)).toBe(false);
    expect((await channels.list()).map(({ name }) => name)).toEqual(["a", "c"]);
  });
}
