import { expect, it } from "vitest";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";

const MINUTE = 60 * MICROS_PER_SECOND;
const NOON = 1_783_425_600_000_001;

export function devicesContract(open: OpenRegistry): void {
  it("registers a device at its first point", async () => {
    const { devices } = open();
    await devices.seen([{ deviceId: "d1", at: NOON }]);
    expect(await devices.find("d1")).toEqual({ deviceId: "d1", firstSeen: NOON, lastSeen: NOON, groups: [] });
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
      groups: [],
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
      groups: [],
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

  it("keeps what the later event says of a device, whether it has reported or not [FR-020]", async () => {
    const { devices } = open();
    await devices.describe({ deviceId: "d1", name: "Boiler", type: "sensor", groups: ["b", "a"] }, NOON + 2);
    await devices.describe({ deviceId: "d1", name: "Old", groups: [] }, NOON);
    const described = { deviceId: "d1", name: "Boiler", type: "sensor", groups: ["a", "b"] };
    expect(await devices.find("d1")).toEqual(described);
    await devices.seen([{ deviceId: "d1", at: NOON }]);
    await devices.describe({ deviceId: "d1", groups: ["c"] }, NOON + 3);
    const seen = { firstSeen: NOON, lastSeen: NOON };
    expect(await devices.find("d1")).toEqual({ ...described, ...seen, groups: ["c"] });
  });

  it("lists devices by part of their names, by type and by group, and counts them by type [E6-US2 AC5]", async () => {
    const { devices } = open();
    await devices.describe({ deviceId: "a1", name: "Boiler 100%", type: "sensor", groups: ["plant"] }, NOON);
    await devices.describe({ deviceId: "a2", type: "gateway", groups: ["plant"] }, NOON);
    await devices.seen(["a2", "b1"].map((deviceId) => ({ deviceId, at: NOON })));
    const found = async (filter: object) => {
      const { devices: page, count } = await devices.list({ limit: 10, offset: 0, ...filter });
      return [page.map(({ deviceId }) => deviceId), count];
    };
    expect(await found({ search: "A" })).toEqual([["a1", "a2"], 2]);
    expect(await found({ search: "0%" })).toEqual([["a1"], 1]);
    expect(await found({ type: "gateway" })).toEqual([["a2"], 1]);
    expect(await found({ group: "plant", type: "sensor" })).toEqual([["a1"], 1]);
    expect(await devices.counts(NOON)).toEqual([
      { type: "gateway", devices: 1, active: 1 },
      { type: "sensor", devices: 1, active: 0 },
      { devices: 1, active: 1 },
    ]);
  });

  it("does nothing about no devices", async () => {
    const { devices } = open();
    await devices.seen([]);
    expect(await devices.list({ limit: 1, offset: 0 })).toEqual({ devices: [], count: 0 });
  });
}
