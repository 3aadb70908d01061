const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1_024,
  MiB: 1_024 ** 2,
  GiB: 1_024 ** 3,
  TiB: 1_024 ** 4,
} as const;

/** `10s`, `1.5h`, `30d`: milliseconds. @returns `undefined` for anything else */
export const parseDuration = (text: string): number | undefined => measured(text, MS);

/** `512KiB`, `100GB`: bytes; powers of 1,000 but for those with an i. @returns `undefined` for anything else */
export const parseSize = (text: string): number | undefined => measured(text, BYTES);

function measured(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-zA-Z]+)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}
