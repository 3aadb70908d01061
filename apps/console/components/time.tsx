import { absolute, relativeTo } from "../format/times.ts";
import { now } from "../state/now.ts";
import { zone } from "../state/preferences.ts";

export interface TimeProps {
  /** RFC 3339, or milliseconds since the Unix epoch. */
  value: string | number | null | undefined;
  /** `3 min ago`, the time itself in the title. @default false */
  relative?: boolean;
}

/** A moment, local or in UTC as the header's switch says; the other is in the title. */
export function Time({ value, relative = false }: TimeProps) {
  const moment = value === null || value === undefined ? undefined : new Date(value);
  if (!moment || Number.isNaN(moment.getTime())) return <span class="muted">–</span>;
  const other = zone.value === "utc" ? "local" : "utc";
  const title = relative
    ? absolute(moment, zone.value)
    : `${absolute(moment, other)}, ${moment.toISOString()}`;
  return (
    <time dateTime={moment.toISOString()} title={title}>
      {relative ? relativeTo(moment, now.value) : absolute(moment, zone.value)}
    </time>
  );
}
