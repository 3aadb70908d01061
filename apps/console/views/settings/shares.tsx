import { Card } from "../../components/card.tsx";
import { count, percent } from "../../format/numbers.ts";

const SHOWN = 12;

/** Parts of a whole, the largest first, as bars of which each says its number. */
export function Shares({
  title,
  parts,
  empty,
}: {
  title: string;
  parts: Readonly<Record<string, number>>;
  empty: string;
}) {
  const rows = Object.entries(parts).toSorted(([, a], [, b]) => b - a);
  const whole = rows.reduce((sum, [, value]) => sum + value, 0);
  const most = rows[0]?.[1] ?? 0;
  return (
    <Card title={title}>
      {rows.length === 0 && <p class="muted">{empty}</p>}
      <ul class="shares">
        {rows.slice(0, SHOWN).map(([name, value]) => (
          <li key={name}>
            <span class="share-name">{name}</span>
            <svg class="share-bar" aria-hidden="true">
              <rect width={`${most === 0 ? 0 : (100 * value) / most}%`} height="100%" rx="2" />
            </svg>
            <span class="share-value">
              {count(value)} <span class="muted">{percent(whole === 0 ? 0 : value / whole)} %</span>
            </span>
          </li>
        ))}
      </ul>
      {rows.length > SHOWN && <p class="muted">and {rows.length - SHOWN} more</p>}
    </Card>
  );
}
