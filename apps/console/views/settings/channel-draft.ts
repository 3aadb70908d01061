import type { Answer, Input } from "../../api/call.ts";
import type { Level } from "../../components/level.tsx";
import { linesOf, textOf } from "../../components/lines-field.tsx";
import type { ChannelKind } from "../channel-kinds.ts";

export type Channel = Answer<"listChannels">["channels"][number];

export interface Draft {
  name: string;
  kind: ChannelKind;
  url: string;
  routing_key: string;
  region: "us" | "eu";
  to: string;
  secret: string;
  events: string;
  minimum_severity: Level;
  max_per_minute: string;
  enabled: boolean;
}

const empty: Draft = {
  name: "",
  kind: "slack",
  url: "",
  routing_key: "",
  region: "us",
  to: "",
  secret: "",
  events: "#",
  minimum_severity: "warning",
  max_per_minute: "",
  enabled: true,
};

/** Of a channel that there is: what the API never shows is empty, and stays as it is unless it is typed anew. */
export const draftOf = (channel: Channel | undefined): Draft =>
  channel === undefined
    ? empty
    : {
        ...empty,
        name: channel.name,
        kind: channel.kind,
        to: channel.kind === "email" ? channel.address.split(", ").join("\n") : "",
        region: channel.address.endsWith("(eu)") ? "eu" : "us",
        events: textOf(channel.events),
        minimum_severity: channel.minimum_severity,
        max_per_minute: String(channel.max_per_minute),
        enabled: channel.enabled,
      };

export const bodyOf = (draft: Draft): Input<"replaceChannel">["body"] => ({
  ...targetOf(draft),
  events: linesOf(draft.events),
  minimum_severity: draft.minimum_severity,
  enabled: draft.enabled,
  ...(draft.max_per_minute.trim() !== "" && { max_per_minute: Number(draft.max_per_minute) }),
});

function targetOf({ kind, url, routing_key, region, to, secret }: Draft) {
  switch (kind) {
    case "slack":
      return { kind, ...given({ url }) };
    case "webhook":
      return { kind, ...given({ url, secret }) };
    case "pagerduty":
      return { kind, region, ...given({ routing_key }) };
    case "email":
      return { kind, to: linesOf(to) };
  }
}

const given = <Name extends string>(fields: Record<Name, string>): { [name in Name]?: string } =>
  Object.fromEntries(
    Object.entries<string>(fields)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== ""),
  ) as { [name in Name]?: string };
