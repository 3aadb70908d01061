import * as z from "zod";

// What lists take in their query, where everything is text.

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export const page = {
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
} as const;

/** `true` or `false`. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");
