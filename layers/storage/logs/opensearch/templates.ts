import type { Client } from "./client.ts";

// What the indices hold. `dynamic: false` and `enabled: false` keep what senders choose out of the mapping, so that
// no number or kind of attributes can exhaust it; what is found by words is in `words`, made by words.ts.

/** Looked up as a whole. */
const KEY = { type: "keyword" } as const;
/** Looked up as a whole in Dashboards. Of any length: no index takes more than 32,766 bytes. */
const LOOSE_KEY = { type: "keyword", ignore_above: 1_024 } as const;
/** Answered, never looked for. */
const KEPT = { type: "keyword", index: false, doc_values: false } as const;
const KEPT_NUMBER = { type: "long", index: false, doc_values: false } as const;

const common = {
  /** Microseconds since the Unix epoch. */
  time: { type: "long" },
  /** The same for Dashboards, in milliseconds. */
  "@timestamp": { type: "date" },
  key: KEY,
};

export const entryMapping = {
  dynamic: false,
  _source: { excludes: ["words"] },
  properties: {
    ...common,
    accepted_at: KEPT_NUMBER,
    id: KEPT,
    service: KEY,
    level: KEY,
    message: KEPT,
    correlation_id: KEY,
    trace_id: LOOSE_KEY,
    span_id: KEPT,
    host: LOOSE_KEY,
    stack: KEPT,
    attributes: { type: "object", enabled: false },
    words: { type: "keyword", doc_values: false },
  },
} as const;

export const eventMapping = {
  dynamic: false,
  properties: {
    ...common,
    archived_at: KEPT_NUMBER,
    id: KEY,
    source: KEY,
    type: KEY,
    correlation_id: KEY,
    /** The keys of the events that it names as its parents. */
    parents: { type: "keyword", doc_values: false },
    event: { type: "object", enabled: false },
  },
} as const;

export interface IndexSettings {
  /** @default 1 */
  shards?: number;
  /** Copies besides the first. @default 1 */
  replicas?: number;
  /** How soon what was written is found. @default 1 */
  refreshSeconds?: number;
}

/** Pages reach 10,000 deep, and the last may hold 1,000. */
const DEEPEST = 11_000;

/** Makes or renews the template, and teaches what is new in it to the indices that are there. Idempotent. */
export async function putTemplate(
  client: Client,
  name: string,
  mapping: object,
  { shards = 1, replicas = 1, refreshSeconds = 1 }: IndexSettings,
): Promise<void> {
  const settings = {
    number_of_shards: shards,
    number_of_replicas: replicas,
    refresh_interval: `${refreshSeconds}s`,
    max_result_window: DEEPEST,
    codec: "best_compression",
    "query.default_field": ["words"],
    // Written to disk before it is acknowledged.
    "translog.durability": "request",
  };
  const pattern = `${name}-*`;
  await client.ask({
    method: "PUT",
    path: `/_index_template/${name}`,
    body: { index_patterns: [pattern], priority: 500, template: { settings, mappings: mapping } },
    doing: `making the index template ${name}`,
  });
  await client.ask({
    method: "PUT",
    path: `/${pattern}/_mapping`,
    body: mapping,
    doing: `renewing the mapping of ${pattern}`,
    accept: [404], // there is no index yet
  });
}
