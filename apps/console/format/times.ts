export type Zone = "local" | "utc";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone}`;
  const made =
    formats.get(key) ??
    new Intl.DateTimeFormat("sv-SE", { ...options, ...(zone === "utc" && { timeZone: "UTC" }) });
  formats.set(key, made);
  return made;
}

const whole: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
};

/** `2026-01-31 14:05:09`, with ` UTC` if it is. */
export const absolute = (moment: Date, zone: Zone): string =>
  `${format("whole", zone, whole).format(moment)}${zone === "utc" ? " UTC" : ""}`;

/** `14:05:09`, or `14:05` */
export const clockTime = (moment: Date, zone: Zone, seconds = true): string =>
  format(`clock ${seconds}`, zone, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds && { second: "2-digit" }),
  }).format(moment);

const steps = [
  ["s", 1_000, 60],
  ["min", 60_000, 60],
  ["h", 3_600_000, 48],
  ["d", 86_400_000, Number.POSITIVE_INFINITY],
] as const;

/** `just now`, `40 s ago`, `3 min ago`, `in 2 h` */
export function relativeTo(moment: Date, now: number): string {
  const distance = now - moment.getTime();
  const size = Math.abs(distance);
  if (size < 5_000) return "just now";
  const [unit, ms] = steps.find(([, each, most]) => size < each * most) ?? steps[3];
  const text = `${Math.round(size / ms)} ${unit}`;
  return distance > 0 ? `${text} ago` : `in ${text}`;
}

/** `340 ms`, `12.5 s`, `3 min`, `2 h 5 min`, `4 d 3 h` */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}
