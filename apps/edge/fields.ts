import * as z from "zod";
import { parseDuration, parseSize } from "./units.ts";

// What configurations are made of, those of the sources, too.

/** Text such as `10s`; milliseconds from then on. */
export const duration = (lowest: string, highest: string) =>
  measured(parseDuration, `a duration from ${lowest} to ${highest}, such as 10s, 5m or 30d`, lowest, highest);

/** Text such as `100GB`; bytes from then on. */
export const size = (lowest: string, highest: string) =>
  measured(parseSize, `a size from ${lowest} to ${highest}, such as 64MB or 100GB`, lowest, highest);

function measured(
  parse: (text: string) => number | undefined,
  expected: string,
  lowest: string,
  highest: string,
) {
  const [min = 0, max = 0] = [parse(lowest), parse(highest)];
  return z.string(`expected ${expected}`).transform((text, context) => {
    const value = parse(text);
    if (value !== undefined && value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}, got ${text}` });
    return z.NEVER;
  });
}
