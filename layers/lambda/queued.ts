import * as z from "zod";
import type { Kept } from "../broker/spooling-bus.ts";

/** In the answer of whatever takes something for the bus: left out where the broker has confirmed it. */
export const queued = z
  .literal("spooled" satisfies Kept)
  .optional()
  .describe(
    "The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back",
  );

/** What the answer says under `queued`. */
export const queuedAs = (kept: Kept): z.infer<typeof queued> => (kept === "spooled" ? kept : undefined);
