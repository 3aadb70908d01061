import * as z from "zod";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `500ms`, `10s`, `5m`, `2h`, `30d`: in milliseconds, whole ones. */
export const duration = z
  .string()
  .regex(DURATION, "expected a number with ms, s, m, h or d, such as 10s")
  .transform((text) => {
    const [, number, unit] = DURATION.exec(text) ?? [];
    return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
  });

export const durationOf = (leastMs: number, least: string) =>
  duration.refine((ms) => ms >= leastMs, `expected at least ${least}`);
