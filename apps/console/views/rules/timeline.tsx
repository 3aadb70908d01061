import { absolute } from "../../format/times.ts";
import { zone } from "../../state/preferences.ts";
import type { Compared } from "./preview.tsx";

interface Span {
  device_id: string;
  triggered_at: string;
  resolved_at: string | null;
}

interface Lane {
  device: string;
  would: readonly Span[];
  did: readonly Span[];
}

const MOST_LANES = 20;
const DAY_MS = 86_400_000;
/** In per cent: what lasted for seconds is still seen. */
const LEAST_WIDTH = 0.6;

/** Each device's alerts over the range: above those that it would have raised, below those that the rule in force did. */
export function Timeline({ from, to, would, did }: Compared) {
  const lanes = lanesOf(would.alerts, did?.alerts ?? []);
  if (lanes.length === 0) return <p class="muted">Neither would any alert have been raised, nor was one.</p>;
  const place = (span: Span) => placeOf(span, { from, to });
  return (
    <figure class="timeline">
      <figcaption class="row">
        <span class="timeline-key would">would have raised</span>
        {did && <span class="timeline-key did">the rule in force raised</span>}
      </figcaption>
      {lanes.slice(0, MOST_LANES).map(({ device, would: above, did: below }) => (
        <div key={device} class="timeline-lane">
          <span class="timeline-device" title={device}>
            {device}
          </span>
          <svg
            class="timeline-bars"
            role="img"
            aria-label={`${device}: would have raised ${above.length}${did ? `, did raise ${below.length}` : ""}`}
          >
            {daysBetween(from, to).map((x) => (
              <line key={x} x1={`${x}%`} x2={`${x}%`} y1="0" y2="100%" class="timeline-day" />
            ))}
            {above.map((span) => (
              <rect key={span.triggered_at} {...place(span)} y="3" height="8" rx="1.5" class="would" />
            ))}
            {below.map((span) => (
              <rect key={span.triggered_at} {...place(span)} y="13" height="8" rx="1.5" class="did" />
            ))}
          </svg>
        </div>
      ))}
      <div class="timeline-ends muted">
        <span>{absolute(new Date(from), zone.value)}</span>
        <span>{absolute(new Date(to), zone.value)}</span>
      </div>
      {lanes.length > MOST_LANES && (
        <p class="muted">
          The {MOST_LANES} devices with the most alerts, of {lanes.length}.
        </p>
      )}
    </figure>
  );
}

function lanesOf(would: readonly Span[], did: readonly Span[]): Lane[] {
  const above = Map.groupBy(would, ({ device_id }) => device_id);
  const below = Map.groupBy(did, ({ device_id }) => device_id);
  return [...new Set([...above.keys(), ...below.keys()])]
    .map((device) => ({ device, would: above.get(device) ?? [], did: below.get(device) ?? [] }))
    .toSorted((a, b) => sizeOf(b) - sizeOf(a) || a.device.localeCompare(b.device));
}

const sizeOf = ({ would, did }: Lane): number => would.length + did.length;

function placeOf({ triggered_at, resolved_at }: Span, { from, to }: { from: number; to: number }) {
  const share = (ms: number) => (100 * (ms - from)) / (to - from);
  const x = Math.max(0, share(Date.parse(triggered_at)));
  const end = Math.min(100, share(resolved_at === null ? to : Date.parse(resolved_at)));
  const width = Math.max(LEAST_WIDTH, end - x);
  return { x: `${Math.min(x, 100 - width)}%`, width: `${width}%` };
}

/** Where days begin, in per cent of the range. */
function daysBetween(from: number, to: number): number[] {
  const shift = zone.value === "utc" ? 0 : new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - shift) / DAY_MS) * DAY_MS + shift;
  const days: number[] = [];
  for (let at = first; at < to; at += DAY_MS) days.push((100 * (at - from)) / (to - from));
  return days;
}
