import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod";

// compose.yaml, as far as the tests read it.

/** "5s" in milliseconds. */
const seconds = z
  .string()
  .regex(/^\d+s$/)
  .transform((text) => Number.parseInt(text, 10) * 1_000);

const serviceSchema = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()),
  healthcheck: z.object({
    test: z.tuple([z.literal("CMD")], z.string()),
    interval: seconds,
    timeout: seconds,
    retries: z.number(),
  }),
});

export type ComposeService = z.infer<typeof serviceSchema>;

export const composeFile: unknown = parse(
  readFileSync(new URL("../../compose.yaml", import.meta.url), "utf8"),
);

const services = z.object({ services: z.record(z.string(), serviceSchema) }).parse(composeFile).services;

export const composeServices: ReadonlyMap<string, ComposeService> = new Map(Object.entries(services));
