import { formatTime, microsOf } from "../../../../layers/core/time.ts";
import type { MetricEntry } from "../../entries.ts";
import type { Snapshot } from "./machine.ts";

interface Reading {
  metric_name: string;
  value: number;
  unit: string;
}

/** What the machine did between two looks at it, and how it is at the second. */
export function pointsBetween(before: Snapshot, after: Snapshot, device_id: string): MetricEntry[] {
  const seconds = (after.elapsedMs - before.elapsedMs) / 1_000;
  const rates = seconds > 0 ? [...disks(before, after, seconds), ...network(before, after, seconds)] : [];
  const readings = [...cpu(before, after), ...load(after), ...memory(after), ...space(after), ...rates];
  const timestamp = formatTime(microsOf(after.at));
  return readings.map((reading) => ({ device_id, timestamp, ...reading }));
}

function cpu(before: Snapshot, after: Snapshot): Reading[] {
  const cores = pairs(before.cores, after.cores).map(([from, to]) => ({
    name: to.name,
    idle: to.idle - from.idle,
    total: to.total - from.total,
  }));
  const whole = {
    idle: sum(cores.map(({ idle }) => idle)),
    total: sum(cores.map(({ total }) => total)),
  };
  return [
    ...busy("cpu.percent", whole),
    ...cores.flatMap((core) => busy(`cpu.percent${label("core", core.name)}`, core)),
  ];
}

/** Nothing where the counters have not moved, or have started anew. */
function busy(metric_name: string, { idle, total }: { idle: number; total: number }): Reading[] {
  return total <= 0 ? [] : [percent(metric_name, total - idle, total)];
}

const load = ({ load: [one, five, fifteen] }: Snapshot): Reading[] =>
  Object.entries({ "load.1m": one, "load.5m": five, "load.15m": fifteen }).flatMap(([metric_name, value]) =>
    value === undefined ? [] : [{ metric_name, value: rounded(value), unit: "1" }],
  );

function memory({ memory: found }: Snapshot): Reading[] {
  if (!found) return [];
  const { total, available, swapTotal, swapFree } = found;
  const swap = swapTotal && swapFree !== undefined ? [bytes("swap.used", swapTotal - swapFree)] : [];
  return [
    bytes("memory.total", total),
    bytes("memory.used", total - available),
    bytes("memory.available", available),
    percent("memory.percent", total - available, total),
    ...swap,
  ];
}

const space = ({ space }: Snapshot): Reading[] =>
  space.flatMap(({ path, total, free }) => {
    const at = label("path", path);
    return [
      bytes(`disk.used${at}`, total - free),
      bytes(`disk.free${at}`, free),
      percent(`disk.percent${at}`, total - free, total),
    ];
  });

function disks(before: Snapshot, after: Snapshot, seconds: number): Reading[] {
  return pairs(before.disks, after.disks).flatMap(([from, to]) => {
    const of = label("device", to.name);
    return [
      ...rate(`disk.read${of}`, to.readBytes - from.readBytes, seconds, "bytes_per_second"),
      ...rate(`disk.written${of}`, to.writtenBytes - from.writtenBytes, seconds, "bytes_per_second"),
      ...rate(`disk.reads${of}`, to.reads - from.reads, seconds, "per_second"),
      ...rate(`disk.writes${of}`, to.writes - from.writes, seconds, "per_second"),
      ...(to.busyMs < from.busyMs
        ? []
        : [percent(`disk.busy${of}`, to.busyMs - from.busyMs, seconds * 1_000)]),
    ];
  });
}

function network(before: Snapshot, after: Snapshot, seconds: number): Reading[] {
  return pairs(before.traffic, after.traffic).flatMap(([from, to]) => {
    const of = label("interface", to.name);
    return [
      ...rate(`network.received${of}`, to.received - from.received, seconds, "bytes_per_second"),
      ...rate(`network.sent${of}`, to.sent - from.sent, seconds, "bytes_per_second"),
      ...rate(`network.errors${of}`, to.errors - from.errors, seconds, "per_second"),
      ...rate(`network.dropped${of}`, to.dropped - from.dropped, seconds, "per_second"),
    ];
  });
}

/** What was there both times, by its name. */
function pairs<Named extends { name: string }>(
  before: readonly Named[],
  after: readonly Named[],
): [Named, Named][] {
  const earlier = new Map(before.map((each) => [each.name, each]));
  return after.flatMap((to): [Named, Named][] => {
    const from = earlier.get(to.name);
    return from ? [[from, to]] : [];
  });
}

/** Nothing of a counter that fell: it has started anew, and nobody knows how far it had come. */
const rate = (metric_name: string, difference: number, seconds: number, unit: string): Reading[] =>
  difference < 0 ? [] : [{ metric_name, value: rounded(difference / seconds), unit }];

const bytes = (metric_name: string, value: number): Reading => ({ metric_name, value, unit: "bytes" });

const percent = (metric_name: string, part: number, whole: number): Reading => ({
  metric_name,
  value: rounded(Math.min(100, Math.max(0, (100 * part) / whole))),
  unit: "percent",
});

/** As metric names write labels: control characters have no place in them. */
const label = (key: string, value: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it replaces
  `{${key}="${value.replace(/["\\]/g, "\\$&").replace(/[\u0000-\u001f]/g, "?")}"}`;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const rounded = (value: number): number => Math.round(value * 100) / 100;
