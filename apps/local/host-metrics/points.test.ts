import { describe, expect, it } from "vitest";
import { checkPoint } from "../../../layers/core/measurement.ts";
import { readMachine, type Snapshot } from "./machine.ts";
import { pointsBetween } from "./points.ts";

const before: Snapshot = {
  at: Date.parse("2024-03-01T10:00:00Z"),
  cores: [
    { idle: 1_000, total: 2_000 },
    { idle: 5_000, total: 6_000 },
  ],
  load: [0.5, 0.25, 0.125],
  memory: { total: 1_000, available: 400 },
  disks: [{ path: "/", total: 100, free: 30 }],
  traffic: [{ name: "eth0", received: 1_000, sent: 2_000 }],
};
const after: Snapshot = {
  ...before,
  at: before.at + 5_000,
  cores: [
    { idle: 1_250, total: 3_000 },
    { idle: 6_000, total: 7_000 },
  ],
  traffic: [
    { name: "eth0", received: 6_000, sent: 2_000 },
    { name: "wlan0", received: 7, sent: 7 },
  ],
};

const valuesOf = (from: Snapshot, to: Snapshot): Record<string, number> =>
  Object.fromEntries(pointsBetween(from, to).map(({ metric_name, value }) => [metric_name, value]));

describe("pointsBetween", () => {
  it("says how busy the cores were, what the memory and disks hold, and what went over the network", () => {
    expect(valuesOf(before, after)).toEqual({
      "cpu.percent": 37.5,
      'cpu.percent{core="0"}': 75,
      'cpu.percent{core="1"}': 0,
      "load.1m": 0.5,
      "load.5m": 0.25,
      "load.15m": 0.13,
      "memory.used": 600,
      "memory.available": 400,
      'disk.used{path="/"}': 70,
      'disk.free{path="/"}': 30,
      'network.received{interface="eth0"}': 1_000,
      'network.sent{interface="eth0"}': 0,
    });
  });

  it("leaves out what it can only know with the next round", () => {
    const names = Object.keys(valuesOf(before, before));
    expect(names).toContain("memory.used");
    expect(names.filter((name) => /^(cpu|network)/.test(name))).toEqual([]);
  });

  it("leaves out a network whose counters have started anew", () => {
    const anew = { ...after, traffic: [{ name: "eth0", received: 5, sent: 5 }] };
    expect(Object.keys(valuesOf(before, anew)).filter((name) => name.startsWith("network"))).toEqual([]);
  });

  it("makes points that the API takes, on this machine", async () => {
    const now = Date.now();
    const first = await readMachine(["/", process.cwd(), "/not there"], now - 1_000);
    const points = pointsBetween(first, { ...(await readMachine(["/"], now)), disks: first.disks });
    expect(points.map(({ metric_name }) => metric_name)).toContain(`disk.free{path="${process.cwd()}"}`);
    for (const point of points) {
      expect(checkPoint(point, { deviceId: "d", now, path: "" }).faults).toBeUndefined();
    }
  });
});
