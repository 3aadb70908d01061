import type uPlot from "uplot";
import type { ChartMark } from "../chart.tsx";

interface Marked {
  marks?: readonly ChartMark[];
  threshold?: number | readonly number[] | undefined;
}

export const levelsOf = ({ threshold = [] }: Marked): readonly number[] =>
  typeof threshold === "number" ? [threshold] : threshold;

/** Draws moments as upright lines and thresholds as level ones, over the series. */
export function marksPlugin(current: () => Marked, colour: (name: string) => string): uPlot.Plugin {
  return {
    hooks: {
      draw: [
        (plot) => {
          const { marks = [] } = current();
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.lineWidth = devicePixelRatio;
          ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
          for (const { at, tone = "bad" } of marks) {
            const x = plot.valToPos(at, "x", true);
            if (x < bbox.left || x > bbox.left + bbox.width) continue;
            line(ctx, colour(`${tone}-text`), [x, bbox.top], [x, bbox.top + bbox.height]);
          }
          for (const level of levelsOf(current())) {
            const y = plot.valToPos(level, "y", true);
            line(ctx, colour("bad-text"), [bbox.left, y], [bbox.left + bbox.width, y]);
          }
          ctx.restore();
        },
      ],
    },
  };
}

type Spot = readonly [x: number, y: number];

function line(ctx: CanvasRenderingContext2D, colour: string, from: Spot, to: Spot): void {
  ctx.strokeStyle = colour;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}
