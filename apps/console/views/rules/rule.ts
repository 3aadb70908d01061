import type { Answer, Input } from "../../api/call.ts";
import { number } from "../../format/numbers.ts";

export type Rule = Answer<"showRule">;
export type RuleBody = Input<"createRule">["body"];

export const conditions = [">", ">=", "<", "<=", "==", "!="] as const;

/** `cpu_percent > 90` */
export const breachOf = ({ metric_name, condition, threshold_value }: Rule): string =>
  `${metric_name} ${condition} ${number(threshold_value)}`;
