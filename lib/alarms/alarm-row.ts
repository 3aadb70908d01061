import type { EnvironmentSettings } from "../environments.ts";

// What a row of the alarms' table says.

export interface Metric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum" | `p${number}`;
  /** @default the environment's */
  region?: string;
}

/** One metric, a formula of several ("Using math expressions"), or a query over all of a kind ("Metrics Insights"). */
export type Measured = Metric | { formula: string; of: Readonly<Record<string, Metric>> } | { query: string };

export interface AlarmRow {
  /** The article of docs/runbook, and the beginning of the alarm's name. Rows of one article tell people together. */
  article: string;
  /** Which queue or function, of an article with several. */
  of?: string;
  /** `page`: somebody is woken up. `warn`: somebody looks at it in the morning. */
  severity: "page" | "warn";
  /** What it means, in a sentence. */
  means: string;
  measured: Measured;
  breaches: { above: number } | { below: number };
  periodSeconds: number;
  /** Looks at so many periods, of which so many must breach. */
  periods: { of: number; breaching: number };
  /** What it means that nothing was measured. */
  silence: "breaching" | "notBreaching";
  /** CloudFront measures in one region only. @default wherever the environment is */
  onlyIn?: "us-east-1";
}

/** What alarms look at: names as CloudWatch has them, some known only once it is deployed. */
export interface Watched {
  settings: EnvironmentSettings;
  account: string;
  clusterId: string;
  socketApiId: string;
  distributionId: string;
  /** Where the environment has it. */
  searchDomain?: string;
  timestreamDatabase?: string;
}

/** Each of so many minutes must breach. */
export const minutes = (count: number): Pick<AlarmRow, "periodSeconds" | "periods"> => ({
  periodSeconds: 60,
  periods: { of: count, breaching: count },
});
