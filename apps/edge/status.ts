import type { BufferStats } from "../../layers/buffer/buffer.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import type { DiskWatch } from "./disk-watch.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import type { LaneName } from "./lanes.ts";
import type { Retention } from "./retention.ts";
import type { Source } from "./source.ts";
import type { Store } from "./store.ts";

export interface Watched {
  version: string;
  deviceId: string;
  url: string;
  startedAt: number;
  store: Store;
  forwarders: Readonly<Record<LaneName, Forwarder>>;
  retention: Retention;
  disk: DiskWatch;
  sources: readonly Source[];
  /** Entries that were acknowledged to their sender, and those that were not, since the start. */
  taken: Readonly<Record<LaneName, number>>;
}

const time = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(microsOf(ms)));

/** What `GET /status` answers. */
export function statusOf(watched: Watched, now: number) {
  const { version, deviceId, url, startedAt, store, disk, sources } = watched;
  return {
    version,
    device_id: deviceId,
    platform: url,
    started_at: time(startedAt),
    buffer: { bytes: store.bytes, max_bytes: store.maxBytes },
    disk: disk.space && {
      state: disk.state,
      used_percent: Math.round(disk.space.usedPercent * 10) / 10,
      free_bytes: disk.space.freeBytes,
    },
    lanes: Object.fromEntries(
      (["logs", "metrics", "events"] as const).map((lane) => [lane, laneStatus(lane, watched, now)]),
    ),
    sources: Object.fromEntries(
      sources.map(({ name, status: { collected, lastSuccessAt, lastError } }) => [
        name,
        { collected, last_success_at: time(lastSuccessAt), last_error: lastError },
      ]),
    ),
  };
}

export type Status = ReturnType<typeof statusOf>;

function laneStatus(lane: LaneName, { store, forwarders, retention, taken }: Watched, now: number) {
  const buffer = store.buffers[lane].stats;
  const { sent, rejected, batches, failures, inFlight, lastSentAt, lastError, lastErrorAt } =
    forwarders[lane].stats;
  return {
    waiting: buffer.records,
    bytes: buffer.bytes,
    oldest_seconds: oldestSeconds(buffer, now),
    accepted: taken[lane],
    sent,
    batches,
    failed_attempts: failures,
    in_flight: inFlight,
    rejected,
    dropped: droppedOf(lane, retention),
    last_sent_at: time(lastSentAt),
    last_error: lastError ?? buffer.lastError,
    last_error_at: time(lastErrorAt),
  };
}

export const oldestSeconds = ({ oldestAppendedAt }: BufferStats, now: number): number =>
  oldestAppendedAt === undefined ? 0 : Math.max(0, (now - oldestAppendedAt) / 1_000);

/** By reason. */
export const droppedOf = (lane: LaneName, { dropped }: Retention): Record<string, number> =>
  Object.fromEntries(
    (["max_age", "max_size", "damaged"] as const).map((reason) => [
      reason,
      dropped.get(`${lane} ${reason}`) ?? 0,
    ]),
  );
