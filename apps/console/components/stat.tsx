import type { ComponentChildren } from "preact";
import type { Tone } from "./badge.tsx";
import { Sparkline } from "./sparkline.tsx";

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
}

export function Stat({ label, value, unit, hint, tone = "neutral", trend, href }: StatProps) {
  return (
    <div class={`stat ${tone}`}>
      <p class="stat-label">{href ? <a href={href}>{label}</a> : label}</p>
      <p class="stat-value">
        {value ?? "–"}
        {unit && value !== undefined && <span class="stat-unit"> {unit}</span>}
      </p>
      <p class="stat-hint">{hint ?? "\u00a0"}</p>
      {trend && <Sparkline values={trend} />}
    </div>
  );
}
