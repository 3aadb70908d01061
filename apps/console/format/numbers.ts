const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compacted = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

/** `12,345` */
export const count = (value: number): string => grouped.format(value);

/** `12.3K`, `4.56M` */
export const compact = (value: number): string =>
  Math.abs(value) < 10_000 ? number(value) : compacted.format(value);

/** Four digits that matter, whatever the size. */
export const number = (value: number): string =>
  Math.abs(value) >= 10_000 ? grouped.format(value) : fine.format(value);

/** 0.0123 as `1.23` (of per cent) */
export const percent = (share: number): string => fine.format(Number((share * 100).toFixed(2)));

const units = ["B", "KB", "MB", "GB", "TB"];

/** `1.5 MB` */
export function bytes(value: number): string {
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(1_024)));
  return `${fine.format(Number((value / 1_024 ** step).toFixed(1)))} ${units[step]}`;
}
