export const aggregations = [
  "avg",
  "min",
  "max",
  "sum",
  "count",
  "median",
  "p95",
  "p99",
  "first",
  "last",
] as const;

export type Aggregation = (typeof aggregations)[number];
