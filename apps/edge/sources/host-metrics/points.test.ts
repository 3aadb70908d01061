import { describe, expect, it } from "vitest";
import { checkPoint } from "../../../../layers/core/measurement.ts";
import { type Look, readMachine, type Snapshot } from "./machine.ts";
import { pointsBetween } from "./points.ts";
import { GROUPS } from "./settings.ts";

const before: Snapshot = {
  at: Date.parse("2024-03-01T10:00:00Z"),
  elapsedMs: 1_000,
  cores: [
    { name: "0", idle: 1_000, total: 2_000 },
    { name: "1", idle: 5_000, total: 6_000 },
  ],
  load: [0.5, 0.25, 0.125],
  memory: { total: 1_000, available: 400, swapTotal: 50, swapFree: 20 },
  space: [{ path: "/", total: 100, free: 30 }],
  disks: [{ name: "sda", reads: 10, readBytes: 1_024, writes: 20, writtenBytes: 2_048, busyMs: 100 }],
  traffic: [{ name: "eth0", received: 1_000, sent: 2_000, errors: 1, dropped: 5 }],
};
const after: Snapshot = {
  ...before,
  at: before.at + 5_000,
  elapsedMs: before.elapsedMs + 5_000,
  cores: [
    { name: "0", idle: 1_250, total: 3_000 },
    { name: "1", idle: 6_000, total: 7_000 },
  ],
  disks: [{ name: "sda", reads: 20, readBytes: 6_144, writes: 20, writtenBytes: 2_048, busyMs: 1_350 }],
  traffic: [
    { name: "eth0", received: 6_000, sent: 2_000, errors: 1, dropped: 10 },
    { name: "wlan0", received: 7, sent: 7, errors: 0, dropped: 0 },
  ],
};

const valuesOf = (from: Snapshot, to: Snapshot): Record<string, unknown> =>
  Object.fromEntries(pointsBetween(from, to, "here").map(({ metric_name, value }) => [metric_name, value]));
const rates = /^(cpu|network|disk\.(read|writ|busy))/;

describe("pointsBetween", () => {
  it("says how busy cores and disks were, what memory and mounts hold, and what went over the network", () => {
    expect(valuesOf(before, after)).toEqual({
      "cpu.percent": 37.5,
      'cpu.percent{core="0"}': 75,
      'cpu.percent{core="1"}': 0,
      "load.1m": 0.5,
      "load.5m": 0.25,
      "load.15m": 0.13,
      "memory.total": 1_000,
      "memory.used": 600,
      "memory.available": 400,
      "memory.percent": 60,
      "swap.used": 30,
      'disk.used{path="/"}': 70,
      'disk.free{path="/"}': 30,
      'disk.percent{path="/"}': 70,
      'disk.read{device="sda"}': 1_024,
      'disk.written{device="sda"}': 0,
      'disk.reads{device="sda"}': 2,
      'disk.writes{device="sda"}': 0,
      'disk.busy{device="sda"}': 25,
      'network.received{interface="eth0"}': 1_000,
      'network.sent{interface="eth0"}': 0,
      'network.errors{interface="eth0"}': 0,
      'network.dropped{interface="eth0"}': 1,
    });
  });

  it("leaves out what it can only know with the next look", () => {
    const names = Object.keys(valuesOf(before, before));
    expect(names).toContain("memory.used");
    expect(names.filter((name) => rates.test(name))).toEqual([]);
  });

  it("leaves out counters that have started anew, and no others", () => {
    const anew: Snapshot = {
      ...after,
      cores: [
        { name: "0", idle: 1, total: 2 },
        { name: "1", idle: 6_000, total: 7_000 },
      ],
      disks: [{ name: "sda", reads: 1, readBytes: 1, writes: 1, writtenBytes: 1, busyMs: 1 }],
      traffic: [{ name: "eth0", received: 5, sent: 7_000, errors: 0, dropped: 0 }],
    };
    const names = Object.keys(valuesOf(before, anew)).filter((name) => rates.test(name));
    expect(names).toEqual(['cpu.percent{core="1"}', 'network.sent{interface="eth0"}']);
  });

  it("measures rates against a clock that nobody sets", () => {
    const setBack = { ...after, at: before.at - 3_600_000 };
    expect(valuesOf(before, setBack)['network.received{interface="eth0"}']).toBe(1_000);
  });

  it("makes points that the API takes, on this machine", async () => {
    const now = Date.now();
    const look = { groups: GROUPS, now };
    const first = await readMachine({ ...look, paths: ["/", process.cwd(), "/not there"] });
    const second = await readMachine({ ...look, paths: [] });
    const points = pointsBetween(first, { ...second, space: first.space }, "here");
    expect(points.map(({ metric_name }) => metric_name)).toContain(`disk.free{path="${process.cwd()}"}`);
    for (const { device_id: deviceId, ...point } of points) {
      expect(checkPoint(point, { deviceId, now, path: "" }).faults).toBeUndefined();
    }
  });

  it("looks at no group that was not asked for", async () => {
    const look = { groups: ["load"], paths: ["/"], now: Date.now() } satisfies Look;
    const names = Object.keys(valuesOf(await readMachine(look), await readMachine(look)));
    expect(names).toEqual(["load.1m", "load.5m", "load.15m"]);
  });
});
