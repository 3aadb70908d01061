import type pg from "pg";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { Device, DeviceFilter, Devices } from "../port/devices.ts";

interface DeviceRow {
  device_id: string;
  first_seen: string | null;
  last_seen: string | null;
  name: string | null;
  type: string | null;
  groups: string[];
}

const EXACT_TO = 60 * MICROS_PER_SECOND;

// Most calls write nothing, and must then not even lock a row, since a lock is a write too: so devices that were
// seen within the minute are left out before the INSERT, whose own condition only settles races. Sorted, so
// that two writers never wait for each other. Whoever saw a deleted device did not know of it yet.
const SEEN = {
  name: "devices.seen",
  text: `
    INSERT INTO devices AS stored (device_id, first_seen, last_seen)
    SELECT device_id, seen.first, seen.last
    FROM (
      SELECT device_id, min(at) AS first, max(at) AS last
      FROM unnest($1::text[], $2::bigint[]) AS given (device_id, at)
      GROUP BY device_id
    ) AS seen
    LEFT JOIN devices AS known USING (device_id)
    WHERE (known.last_seen IS NULL OR known.last_seen < seen.last - ${EXACT_TO})
      AND NOT EXISTS (
        SELECT FROM device_lives AS lives
        WHERE lives.device_id = seen.device_id AND deleted_at >= coalesce(registered_at, deleted_at)
      )
    ORDER BY device_id
    ON CONFLICT (device_id) DO UPDATE
    SET first_seen = coalesce(stored.first_seen, excluded.first_seen), last_seen = excluded.last_seen
    WHERE stored.last_seen IS NULL OR stored.last_seen < excluded.last_seen - ${EXACT_TO}`,
};

// Comes back if it counts: neither an older one than the last, nor of a device that is deleted.
const DESCRIBE = {
  name: "devices.describe",
  text: `
    INSERT INTO devices AS stored (device_id, name, type, described_at)
    SELECT $1, $2, $3, $4::bigint
    WHERE NOT EXISTS (SELECT FROM device_lives WHERE device_id = $1 AND deleted_at >= greatest(registered_at, $4::bigint))
    ON CONFLICT (device_id) DO UPDATE SET
      name = coalesce(excluded.name, stored.name), type = coalesce(excluded.type, stored.type),
      described_at = excluded.described_at
    WHERE stored.described_at IS NULL OR stored.described_at <= excluded.described_at
    RETURNING device_id`,
};

const LEAVE_GROUPS = {
  name: "devices.leave-groups",
  text: "DELETE FROM device_groups WHERE device_id = $1 AND group_name <> ALL ($2::text[])",
};

const JOIN_GROUPS = {
  name: "devices.join-groups",
  text: `
    INSERT INTO device_groups (group_name, device_id) SELECT DISTINCT unnest($2::text[]), $1
    ON CONFLICT DO NOTHING`,
};

const COLUMNS = `
  device_id, first_seen, last_seen, name, type,
  ARRAY (
    SELECT group_name FROM device_groups WHERE device_groups.device_id = devices.device_id ORDER BY group_name
  ) AS groups`;

const FIND = { name: "devices.find", text: `SELECT ${COLUMNS} FROM devices WHERE device_id = $1` };

const FILTER = `
  ($1::text IS NULL OR strpos(lower(device_id), lower($1)) > 0 OR strpos(lower(name), lower($1)) > 0)
  AND ($2::text IS NULL OR type = $2)
  AND ($3::text IS NULL OR device_id IN (SELECT device_id FROM device_groups WHERE group_name = $3))`;

const LIST = {
  name: "devices.list",
  text: `SELECT ${COLUMNS} FROM devices WHERE ${FILTER} ORDER BY device_id LIMIT $4 OFFSET $5`,
};

const COUNT = { name: "devices.count", text: `SELECT count(*) FROM devices WHERE ${FILTER}` };

const COUNTS = {
  name: "devices.counts",
  text: `
    SELECT type, count(*) AS devices, count(*) FILTER (WHERE last_seen >= $1) AS active
    FROM devices GROUP BY type ORDER BY 2 DESC, type`,
};

export function openDevices(pool: pg.Pool): Devices {
  return {
    async seen(devices) {
      if (devices.length === 0) return;
      const values = [
        textArray(devices.map(({ deviceId }) => deviceId)),
        numberArray(devices.map(({ at }) => at)),
      ];
      await query(pool, "noting devices as seen", { ...SEEN, values });
    },

    async describe({ deviceId, name, type, groups }, at) {
      await transaction(pool, "describing a device", async (transaction) => {
        const values = [deviceId, name ?? null, type ?? null, at];
        const { rowCount } = await transaction.query({ ...DESCRIBE, values });
        if (rowCount === 0 || groups === undefined) return;
        const given = [deviceId, textArray(groups)];
        transaction.atCommit({ ...LEAVE_GROUPS, values: given });
        transaction.atCommit({ ...JOIN_GROUPS, values: given });
      });
    },

    async find(deviceId) {
      const [row] = await query<DeviceRow>(pool, "finding a device", { ...FIND, values: [deviceId] });
      return row && deviceOf(row);
    },

    async list(filter) {
      const values = filterOf(filter);
      const [rows, [counted]] = await Promise.all([
        query<DeviceRow>(pool, "listing devices", {
          ...LIST,
          values: [...values, filter.limit, filter.offset],
        }),
        query<{ count: string }>(pool, "counting devices", { ...COUNT, values }),
      ]);
      return { devices: rows.map(deviceOf), count: Number(counted?.count) };
    },

    async counts(since) {
      const rows = await query<{ type: string | null; devices: string; active: string }>(
        pool,
        "counting devices by type",
        { ...COUNTS, values: [since] },
      );
      return rows.map(({ type, devices, active }) => ({
        ...(type !== null && { type }),
        devices: Number(devices),
        active: Number(active),
      }));
    },
  };
}

const filterOf = ({ search, type, group }: DeviceFilter) => [search ?? null, type ?? null, group ?? null];

function deviceOf(row: DeviceRow): Device {
  const device: Device = { deviceId: row.device_id, groups: row.groups };
  if (row.first_seen !== null) device.firstSeen = Number(row.first_seen);
  if (row.last_seen !== null) device.lastSeen = Number(row.last_seen);
  if (row.name !== null) device.name = row.name;
  if (row.type !== null) device.type = row.type;
  return device;
}
