import type { ViewProps } from "../../views.ts";
import { EventDetail } from "./detail.tsx";
import { EventSearch } from "./search.tsx";
import { Trace } from "./trace.tsx";

/** The archive: search, an event with its causes and effects, and all that happened under a correlation id. */
export default function Events({ rest: [what] }: ViewProps) {
  if (what === "event") return <EventDetail />;
  if (what === "trace") return <Trace />;
  return <EventSearch />;
}
