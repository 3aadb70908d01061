import type { Answer } from "../api/call.ts";

export type ChannelKind = Answer<"listChannels">["channels"][number]["kind"];

export const channelKinds = [
  "slack",
  "pagerduty",
  "email",
  "webhook",
] as const satisfies readonly ChannelKind[];
