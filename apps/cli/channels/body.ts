import { UsageError } from "../verb.ts";

export interface AddArguments {
  slack?: string;
  pagerduty?: string;
  region?: string;
  email?: string[];
  webhook?: string;
  secret?: string;
  events?: string[];
  minSeverity?: string;
  maxPerMinute?: number;
}

/** What the API takes for a new channel. @throws {UsageError} no kind, two kinds, or an option of another kind */
export function channelBody(name: string, options: AddArguments): object {
  const { slack, pagerduty, region, email, webhook, secret, events, minSeverity, maxPerMinute } = options;
  const kinds = [
    ...(slack === undefined ? [] : [{ kind: "slack", url: slack }]),
    ...(pagerduty === undefined ? [] : [{ kind: "pagerduty", routing_key: pagerduty, region }]),
    ...(email === undefined ? [] : [{ kind: "email", to: email }]),
    ...(webhook === undefined ? [] : [{ kind: "webhook", url: webhook, secret }]),
  ];
  const [target, ...others] = kinds;
  if (!target || others.length > 0)
    throw new UsageError("expected one of --slack, --pagerduty, --email, --webhook");
  if (region !== undefined && pagerduty === undefined) throw new UsageError("--region is for --pagerduty");
  if (secret !== undefined && webhook === undefined) throw new UsageError("--secret is for --webhook");
  return { name, ...target, events, minimum_severity: minSeverity, max_per_minute: maxPerMinute };
}
