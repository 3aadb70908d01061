import { expect, it } from "vitest";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";

const MINUTE = 60 * MICROS_PER_SECOND;
const NOON = 1_783_425_600_000_001;

export function devicesContract(open: OpenRegistry): void {
  it("registers a device at its first point", async () => {
    const { devices } = open();
    await devices.seen([{ deviceId: "d1", at: NOON }]);
    expect(await devices.find("d1")).toEqual({ deviceId: "d1", firstSeen: NOON, lastSeen: NOON });
    expect(await devices.find("d2")).toBeUndefined();
  });

  it("moves the time a device was last seen forward, to within a minute", async () => {
    const { devices } = open();
    await devices.seen([{ deviceId: "d1", at: NOON }]);
    await devices.seen([{ deviceId: "d1", at: NOON + 10 * MINUTE }]);
    expect(await devices.find("d1")).toEqual({
      deviceId: "d1",
      firstSeen: NOON,
      lastSeen: NOON + 10 * MINUTE,
    });
    await devices.seen([{ deviceId: "d1", at: NOON + 11 * MINUTE }]);
    const lastSeen = (await devices.find("d1"))?.lastSeen ?? 0;
    expect(lastSeen).toBeGreaterThanOrEqual(NOON + 10 * MINUTE);
    expect(lastSeen).toBeLessThanOrEqual(NOON + 11 * MINUTE);
  });

  it("never moves it back, in whatever order points come", async () => {
    const { devices } = open();
    await devices.seen([{ deviceId: "d1", at: NOON }]);
    await devices.seen([{ deviceId: "d1", at: NOON - 10 * MINUTE }]);
    await devices.seen([
      { deviceId: "d1", at: NOON - 20 * MINUTE },
      { deviceId: "d1", at: NOON + 20 * MINUTE },
      { deviceId: "d1", at: NOON },
    ]);
    expect(await devices.find("d1")).toEqual({
      deviceId: "d1",
      firstSeen: NOON,
      lastSeen: NOON + 20 * MINUTE,
    });
  });

  it("takes many devices from many writers at once", async () => {
    const writers = [open(), open(), open()];
    const ids = Array.from({ length: 200 }, (_, i) => `device-${String(i).padStart(3, "0")}`);
    const given = (round: number) => ids.map((deviceId) => ({ deviceId, at: NOON + round * 2 * MINUTE }));
    for (let round = 0; round < 5; round++) {
      await Promise.all([
        writers[0]?.devices.seen(given(round)),
        writers[1]?.devices.seen(given(round).reverse()),
        writers[2]?.devices.seen(given(round - 1)),
      ]);
    }
    const { devices, count } = await open().devices.list({ limit: 1_000, offset: 0 });
    expect(count).toBe(200);
    expect(devices.map(({ lastSeen }) => lastSeen)).toEqual(ids.map(() => NOON + 8 * MINUTE));
  });

  it("lists devices by id, page by page, and says how many there are", async () => {
    const { devices } = open();
    await devices.seen(["b", "A", "c", "a"].map((deviceId) => ({ deviceId, at: NOON })));
    const first = await devices.list({ limit: 3, offset: 0 });
    const second = await devices.list({ limit: 3, offset: 3 });
    const beyond = await devices.list({ limit: 3, offset: 6 });
    expect(first.devices.map(({ deviceId }) => deviceId)).toEqual(["A", "a", "b"]);
    expect(second.devices.map(({ deviceId }) => deviceId)).toEqual(["c"]);
    expect(beyond.devices).toEqual([]);
    expect([first.count, second.count, beyond.count]).toEqual([4, 4, 4]);
  });

  it("does nothing about no devices", async () => {
    const { devices } = open();
    await devices.seen([]);
    expect(await devices.list({ limit: 1, offset: 0 })).toEqual({ devices: [], count: 0 });
  });
}
