import { hostname } from "node:os";
import * as z from "zod";
import { deviceIdSchema } from "../../../../layers/core/measurement.ts";
import { deviceOf } from "../../device.ts";
import { duration } from "../../fields.ts";

export const GROUPS = ["cpu", "load", "memory", "disk", "network"] as const;
export type Group = (typeof GROUPS)[number];

/** `sources.host_metrics` of the configuration. */
export const hostMetricsSettings = z.strictObject({
  /** From one look at the machine to the next. */
  interval: duration("100ms", "1d").prefault("10s"),
  /** Whose measurements they are. */
  device_id: deviceIdSchema.prefault(() => deviceOf(hostname())),
  /** What is looked at. */
  groups: z
    .array(z.enum(GROUPS))
    .min(1)
    .default([...GROUPS]),
  /** Folders of which the file system is reported, beside those of the disks that are mounted. */
  paths: z.array(z.string().startsWith("/", "expected an absolute path")).default([]),
});

export type HostMetricsSettings = z.infer<typeof hostMetricsSettings>;
