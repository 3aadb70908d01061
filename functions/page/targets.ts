import * as z from "zod";
import type { PagingTarget } from "./handler.ts";

/** What operators put into the secret; what is not there is not told. */
const secretSchema = z.object({
  /** An incoming webhook. */
  slack: z.url({ protocol: /^https?$/ }).optional(),
  /** An integration of the Events API v2. */
  pagerduty: z
    .strictObject({ routingKey: z.string().length(32), region: z.enum(["us", "eu"]).default("us") })
    .optional(),
});

/** Slack is told everything, PagerDuty what somebody must get up for. */
export function targetsIn(secret: unknown): PagingTarget[] {
  const { slack, pagerduty } = secretSchema.parse(secret);
  return [
    ...(slack ? [{ target: { kind: "slack", url: slack }, urgencies: ["page", "warn"] } as const] : []),
    ...(pagerduty ? [{ target: { kind: "pagerduty", ...pagerduty }, urgencies: ["page"] } as const] : []),
  ];
}
