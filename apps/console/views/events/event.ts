import type { Operations } from "../../api/operations.ts";

export type ArchivedEvent = Operations["searchEvents"]["answer"]["events"][number];
export type EventOf = ArchivedEvent["event"];

/** `source#id`, as the API names an event where it names others. */
export const nameOf = ({ source, id }: { source: string; id: string }): string => `${source}#${id}`;

export const correlationOf = (event: EventOf): string | undefined => textOf(event, "correlation_id");

/** An attribute that the API's document does not promise. */
export function textOf(event: EventOf, attribute: string): string | undefined {
  const value = (event as Record<string, unknown>)[attribute];
  return typeof value === "string" && value !== "" ? value : undefined;
}
