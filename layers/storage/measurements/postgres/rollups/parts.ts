import type { Aggregation } from "../../../../core/aggregation.ts";

/** How a bucket is put together of hours, each a part of it. All of it is SQL. */
export interface Parts {
  /** What an hour gives, where it is summed up: a column of `rollups`. */
  column: string;
  /** And where it is not: the same of its points. */
  ofPoints: string;
  together: string;
  /** Which `hours` of the rollups do not say it, so that their points must. @default none */
  except?: string;
}

const TOO_LARGE = "hours.sum IS NULL AND hours.numbers > 0";

const ofNumbers: Partial<Record<Aggregation, Parts>> = {
  avg: {
    column: "sum",
    ofPoints: "sum(value)",
    together: "sum(part) / nullif(sum(numbers), 0)",
    except: TOO_LARGE,
  },
  min: { column: "min", ofPoints: "min(value)", together: "min(part)" },
  max: { column: "max", ofPoints: "max(value)", together: "max(part)" },
  sum: { column: "sum", ofPoints: "sum(value)", together: "sum(part)", except: TOO_LARGE },
  count: { column: "count", ofPoints: "count(*)", together: "sum(part)::float8" },
};

/**
 * @param mark the mark of the point at the time `part`: see `Marks`
 * @returns `undefined` for what no sums of hours can tell: the percentiles
 */
export function partsOf(aggregation: Aggregation, mark: string): Parts | undefined {
  if (aggregation === "first") return { column: "oldest", ofPoints: "min(time)", together: `min(${mark})` };
  if (aggregation === "last") return { column: "newest", ofPoints: "max(time)", together: `max(${mark})` };
  return ofNumbers[aggregation];
}
