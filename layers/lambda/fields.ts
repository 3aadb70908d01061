import * as z from "zod";
import { faultInJson, isStorable, UNSTORABLE } from "../core/json.ts";
import { parseTime } from "../core/time.ts";

// What the bodies and queries of several operations are made of.

export const time = z
  .string()
  .refine((given) => parseTime(given) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });

/** Text that every store takes. */
export const text = (max: number, min = 0) => z.string().min(min).max(max).refine(isStorable, UNSTORABLE);

/** Whatever callers want to keep with a thing, as one object. */
export const metadata = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  const message = faultInJson(given, { maxBytes: 16 * 1_024, maxDepth: 32 });
  if (message) context.addIssue({ code: "custom", message });
});
