import { expect, it } from "vitest";
import type { Event } from "../../../core/envelope.ts";
import type { OpenRegistry } from "../port.contract.ts";
import { drained, eventOf } from "./samples.ts";

export function outboxContract(open: OpenRegistry): void {
  it("hands events over as they were added, the oldest first, and then has them no more", async () => {
    const { outbox } = open();
    const events = ["e1", "e2", "e3", "e4", "e5"].map(eventOf);
    await outbox.add(events.slice(0, 3));
    await outbox.add(events.slice(3));
    const handed: Event[][] = [];
    const publish = async (batch: readonly Event[]) => void handed.push([...batch]);
    expect(await outbox.drain(publish, 4)).toBe(4);
    expect(await outbox.drain(publish, 4)).toBe(1);
    expect(await outbox.drain(publish, 4)).toBe(0);
    expect(handed).toEqual([events.slice(0, 4), events.slice(4)]);
  });

  it("keeps everything when publishing fails, and throws the same", async () => {
    const registry = open();
    await registry.outbox.add([eventOf("e1"), eventOf("e2")]);
    const noConfirm = new Error("no confirm");
    const failing = registry.outbox.drain(() => Promise.reject(noConfirm), 10);
    await expect(failing).rejects.toBe(noConfirm);
    expect(await drained(registry)).toEqual(["e1", "e2"]);
  });

  it("removes nothing before it is published", async () => {
    const registry = open();
    const other = open();
    await registry.outbox.add([eventOf("e1"), eventOf("e2")]);
    await registry.outbox
      .drain(async () => {
        // Another one passes over what is being published, and would have it if this one crashed now.
        await other.outbox.add([eventOf("e3")]);
        expect(await drained(other)).toEqual(["e3"]);
        throw new Error("crashed");
      }, 10)
      .catch(() => {});
    expect(await drained(other)).toEqual(["e1", "e2"]);
  });

  it("hands each event to one of many who drain at once", async () => {
    const registries = [open(), open(), open()];
    const ids = Array.from({ length: 200 }, (_, i) => `e${i}`);
    await registries[0]?.outbox.add(ids.map(eventOf));
    const published: string[] = [];
    const publish = async (batch: readonly Event[]) => {
      const positions = batch.map(({ id }) => ids.indexOf(id));
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      published.push(...batch.map(({ id }) => id));
    };
    while (published.length < ids.length) {
      await Promise.all(registries.map(({ outbox }) => outbox.drain(publish, 20)));
    }
    expect(published.toSorted()).toEqual(ids.toSorted());
  });

  it("does nothing about no events", async () => {
    const { outbox } = open();
    await outbox.add([]);
    expect(await outbox.drain(() => expect.unreachable(), 10)).toBe(0);
  });
}
