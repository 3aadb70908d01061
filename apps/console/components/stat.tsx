import type { ComponentChildren } from "preact";
import type { Tone } from "./badge.tsx";
import { Sparkline } from "./sparkline.tsx";
import { Time } from "./time.tsx";

export interface StatProps {
  label: string;
  /** As it is to be read; nothing yet: `undefined`. */
  value: string | undefined;
  unit?: string;
  hint?: ComponentChildren;
  tone?: Tone;
  /** The last values, oldest first. */
  trend?: readonly (number | null)[];
  /** Where more of it is. */
  href?: string;
  /** When the value was true, if that is not known to be so still. */
  staleSince?: number | undefined;
}

export function Stat({ label, value, unit, hint, tone = "neutral", trend, href, staleSince }: StatProps) {
  return (
    <div class={`stat ${tone}${staleSince === undefined ? "" : " stale"}`}>
      <p class="stat-label">{href ? <a href={href}>{label}</a> : label}</p>
      <p class="stat-value">
        {value ?? "–"}
        {unit && value !== undefined && <span class="stat-unit"> {unit}</span>}
      </p>
      <p class="stat-hint">
        {staleSince === undefined ? (
          (hint ?? "\u00a0")
        ) : (
          <>
            was so <Time value={staleSince} relative />
          </>
        )}
      </p>
      {trend && <Sparkline values={trend} />}
    </div>
  );
}
