import { formatTime, microsOf } from "../../../layers/core/time.ts";
import type { Snapshot } from "./machine.ts";

/** As the API takes it. */
export interface DataPoint {
  timestamp: string;
  metric_name: string;
  value: number;
  unit: string;
}

type Reading = Omit<DataPoint, "timestamp">;

/** What the machine did between two looks at it, and how it is at the second. */
export function pointsBetween(before: Snapshot, after: Snapshot): DataPoint[] {
  const seconds = (after.at - before.at) / 1_000;
  const readings = [
    ...cpu(before, after),
    ...load(after),
    ...memory(after),
    ...disks(after),
    ...(seconds > 0 ? network(before, after, seconds) : []),
  ];
  const timestamp = formatTime(microsOf(after.at));
  return readings.map((reading) => ({ timestamp, ...reading }));
}

function cpu(before: Snapshot, after: Snapshot): Reading[] {
  const cores = after.cores.flatMap((core, i) => {
    const earlier = before.cores[i];
    return earlier ? [{ idle: core.idle - earlier.idle, total: core.total - earlier.total }] : [];
  });
  const whole = {
    idle: cores.reduce((sum, { idle }) => sum + idle, 0),
    total: cores.reduce((sum, { total }) => sum + total, 0),
  };
  return [
    ...percent("cpu.percent", whole),
    ...cores.flatMap((core, i) => percent(`cpu.percent{core="${i}"}`, core)),
  ];
}

/** Nothing where the counters have not moved, or have started anew. */
function percent(metric_name: string, { idle, total }: { idle: number; total: number }): Reading[] {
  if (total <= 0) return [];
  const busy = 100 * (1 - idle / total);
  return [{ metric_name, value: rounded(Math.min(100, Math.max(0, busy))), unit: "percent" }];
}

const load = ({ load: [one, five, fifteen] }: Snapshot): Reading[] =>
  [one, five, fifteen].flatMap((value, i) =>
    value === undefined
      ? []
      : [{ metric_name: ["load.1m", "load.5m", "load.15m"][i] ?? "", value: rounded(value), unit: "1" }],
  );

const memory = ({ memory: { total, available } }: Snapshot): Reading[] => [
  { metric_name: "memory.used", value: total - available, unit: "bytes" },
  { metric_name: "memory.available", value: available, unit: "bytes" },
];

const disks = ({ disks }: Snapshot): Reading[] =>
  disks.flatMap(({ path, total, free }) => [
    { metric_name: `disk.used${label("path", path)}`, value: total - free, unit: "bytes" },
    { metric_name: `disk.free${label("path", path)}`, value: free, unit: "bytes" },
  ]);

function network(before: Snapshot, after: Snapshot, seconds: number): Reading[] {
  const earlier = new Map(before.traffic.map((each) => [each.name, each]));
  return after.traffic.flatMap(({ name, received, sent }) => {
    const from = earlier.get(name);
    // A counter that fell has started anew.
    if (!from || received < from.received || sent < from.sent) return [];
    const rate = (metric: string, bytes: number): Reading => ({
      metric_name: `${metric}${label("interface", name)}`,
      value: rounded(bytes / seconds),
      unit: "bytes_per_second",
    });
    return [rate("network.received", received - from.received), rate("network.sent", sent - from.sent)];
  });
}

const label = (key: string, value: string): string => `{${key}="${value.replace(/["\\]/g, "\\$&")}"}`;

const rounded = (value: number): number => Math.round(value * 100) / 100;
