import { hostname } from "node:os";
import * as z from "zod";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { deviceOf } from "./device.ts";
import { duration, size } from "./fields.ts";
import { sources } from "./sources.ts";

/** docs/edge.md says what each key is for. */
export const DEFAULTS = {
  listen: "127.0.0.1:8219",
  buffer: { max_age: "30d", max_size: "100GB" },
  batch: { max_entries: 1_000, max_size: "1MB", max_age: "1s" },
  backoff: { first: "1s", longest: "1m" },
  forward: { in_flight: 4, timeout: "30s" },
  disk: { warn_percent: 85, critical_percent: 95, interval: "30s" },
  rejected: { max_size: "64MB" },
} as const;

const address = z.string().transform((text, context) => {
  const [, host, port] = /^(?:\[([0-9a-fA-F:]+)\]|[^:\s[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && Number(port) <= 65_535) {
    return { host: host ?? text.slice(0, text.lastIndexOf(":")), port: Number(port) };
  }
  context.addIssue({ code: "custom", message: `expected host:port, such as 127.0.0.1:8219, got ${text}` });
  return z.NEVER;
});

const secret = z
  .string()
  .min(16, "expected at least 16 characters")
  .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces");

const url = z
  .url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" })
  .transform((text) => text.replace(/\/+$/, ""));

const percent = z.number().min(1).max(100);

const batch = z.strictObject({
  /** The platform takes no more points of one device at a time. */
  max_entries: z.int().min(1).max(1_000).default(DEFAULTS.batch.max_entries),
  /** Of the body before it is compressed; the platform takes 10 MB, a Lambda less. */
  max_size: size("1KB", "4MB").prefault(DEFAULTS.batch.max_size),
  max_age: duration("10ms", "1h").prefault(DEFAULTS.batch.max_age),
});

const backoff = z
  .strictObject({
    first: duration("10ms", "1h").prefault(DEFAULTS.backoff.first),
    longest: duration("10ms", "1d").prefault(DEFAULTS.backoff.longest),
  })
  .refine(({ first, longest }) => first <= longest, { path: ["longest"], error: "expected at least first" });

const disk = z
  .strictObject({
    warn_percent: percent.default(DEFAULTS.disk.warn_percent),
    critical_percent: percent.default(DEFAULTS.disk.critical_percent),
    interval: duration("100ms", "1h").prefault(DEFAULTS.disk.interval),
  })
  .refine((given) => given.warn_percent <= given.critical_percent, {
    path: ["critical_percent"],
    error: "expected at least warn_percent",
  });

const sourcesSchema = z.strictObject(
  Object.fromEntries(Object.entries(sources).map(([name, { schema }]) => [name, schema.optional()])),
);

export const configSchema = z.strictObject({
  listen: address.prefault(DEFAULTS.listen),
  listen_key: secret.optional(),
  device_id: deviceIdSchema.prefault(() => deviceOf(hostname())),
  buffer: z.strictObject({
    dir: z.string().min(1),
    max_age: duration("1s", "3650d").prefault(DEFAULTS.buffer.max_age),
    max_size: size("1MB", "100TB").prefault(DEFAULTS.buffer.max_size),
  }),
  forward: z.strictObject({
    url,
    api_key: secret,
    ca: z.string().min(1).optional(),
    batch: batch.prefault({}),
    in_flight: z.int().min(1).max(64).default(DEFAULTS.forward.in_flight),
    timeout: duration("100ms", "10m").prefault(DEFAULTS.forward.timeout),
    backoff: backoff.prefault({}),
  }),
  disk: disk.prefault({}),
  rejected: z
    .strictObject({ max_size: size("10KB", "100GB").prefault(DEFAULTS.rejected.max_size) })
    .prefault({}),
  sources: sourcesSchema.prefault({}),
});

/** As the agent uses it: durations in milliseconds, sizes in bytes. */
export type EdgeConfig = z.output<typeof configSchema>;

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
