import { type Clock, systemClock } from "../../../core/clock.ts";
import { MICROS_PER_DAY, type Micros, microsOf } from "../../../core/time.ts";
import type { Logs } from "../port.ts";
import { type LogRetention, logRetentionDefaults } from "../retention.ts";
import { type ClientOptions, createClient } from "./client.ts";
import type { Collection } from "./documents.ts";
import { openEntries } from "./entries.ts";
import { openEvents } from "./events.ts";
import { openIndices } from "./indices.ts";
import { entryMapping, eventMapping, type IndexSettings, putTemplate } from "./templates.ts";

interface Named {
  /** What the names of templates and indices begin with. @default "telemetry" */
  prefix?: string;
}

export interface OpenSearchLogsOptions extends ClientOptions, LogRetention, Named {
  /** Tells what has expired. @default the system's */
  clock?: Clock;
}

const PREFIX = "telemetry";
const entriesName = (prefix: string) => `${prefix}-logs`;
const eventsName = (prefix: string) => `${prefix}-events`;

/** Of entries a day, of events, which live longer, a week. It can never change: see `Indices`. */
const DAYS = { entries: 1, events: 7 } as const;

/** Log entries and archived events in OpenSearch 2. Its templates must be there: see `migrateOpenSearchLogs`. */
export function openOpenSearchLogs(options: OpenSearchLogsOptions): Logs {
  const { prefix, clock, logRetentionDays, archiveRetentionDays } = {
    prefix: PREFIX,
    clock: systemClock,
    ...logRetentionDefaults,
    ...options,
  };
  const client = createClient(options);
  const now = () => microsOf(clock.now());
  const collectionOf = (name: string, days: number, retention: Micros): Collection => ({
    client,
    indices: openIndices({ client, name, days, retention }),
    now,
    oldest: () => now() - retention,
  });
  const entries = collectionOf(entriesName(prefix), DAYS.entries, logRetentionDays * MICROS_PER_DAY);
  const events = collectionOf(eventsName(prefix), DAYS.events, archiveRetentionDays * MICROS_PER_DAY);
  return {
    capabilities: { immediateSearch: false },
    entries: openEntries(entries),
    events: openEvents(events),
    async maintain(now) {
      await entries.indices.maintain(now);
      await events.indices.maintain(now);
    },
    async check() {
      await client.ask({
        method: "GET",
        path: `/_index_template/${entriesName(prefix)}`,
        doing: "checking the logs",
      });
    },
    async close() {},
  };
}

/** Makes the index templates, or brings them and the indices that are there up to date. Idempotent. */
export async function migrateOpenSearchLogs({
  prefix = PREFIX,
  ...options
}: ClientOptions & IndexSettings & Named): Promise<void> {
  const client = createClient(options);
  await putTemplate(client, entriesName(prefix), entryMapping, options);
  await putTemplate(client, eventsName(prefix), eventMapping, options);
}
