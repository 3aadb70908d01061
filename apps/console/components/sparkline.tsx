const WIDTH = 120;
const HEIGHT = 28;

/** The shape of the last values. Decoration: what matters is said in words beside it. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const d = linePath(values);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {d && <path class="spark-area" d={areaPath(values)} />}
      {d && <path class="spark-line" d={d} />}
    </svg>
  );
}

interface Spot {
  x: number;
  y: number;
}

/** Pieces between gaps. */
function pieces(values: readonly (number | null)[]): Spot[][] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const low = Math.min(0, ...known);
  const range = Math.max(...known) - low || 1;
  const found: Spot[][] = [[]];
  for (const [i, value] of values.entries()) {
    if (value === null) found.push([]);
    else
      found.at(-1)?.push({
        x: (i / (values.length - 1)) * WIDTH,
        y: HEIGHT - 2 - ((value - low) / range) * (HEIGHT - 4),
      });
  }
  return found.filter((piece) => piece.length > 1);
}

const path = (spots: readonly Spot[]): string =>
  `M${spots.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`;

const linePath = (values: readonly (number | null)[]): string => pieces(values).map(path).join("");

const areaPath = (values: readonly (number | null)[]): string =>
  pieces(values)
    .map(
      (spots) =>
        `${path(spots)}L${spots.at(-1)?.x.toFixed(1)},${HEIGHT}L${spots[0]?.x.toFixed(1)},${HEIGHT}Z`,
    )
    .join("");
