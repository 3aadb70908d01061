import type { Event } from "./envelope.ts";

/** (source, id), as CloudEvents says; never the id alone. */
export interface EventIdentity {
  source: string;
  id: string;
}

/**
 * The events that this one follows from, as its `parentids` names them: separated by commas, each `source#id`, or
 * a bare id within the event's own source. A source may itself hold a `#`: the last one splits. Each once, in the
 * order they are named.
 */
export function parentsOf(event: Pick<Event, "source"> & { parentids?: unknown }): EventIdentity[] {
  const { parentids } = event;
  // Extensions may be numbers: 7 is the bare id "7".
  if (typeof parentids !== "string" && typeof parentids !== "number") return [];
  const names = String(parentids)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return [...new Map(names.map((name) => [name, identityIn(name, event.source)])).values()];
}

/** With nothing before the `#`, or nothing behind it, it belongs to a bare id. */
function identityIn(name: string, ownSource: string): EventIdentity {
  const at = name.lastIndexOf("#");
  if (at <= 0 || at === name.length - 1) return { source: ownSource, id: name };
  return { source: name.slice(0, at), id: name.slice(at + 1) };
}
