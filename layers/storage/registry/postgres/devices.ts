import type pg from "pg";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import type { Device, Devices } from "../port.ts";

interface DeviceRow {
  device_id: string;
  first_seen: string;
  last_seen: string;
}

const EXACT_TO = 60 * MICROS_PER_SECOND;

// Most calls write nothing, and must then not even lock a row, since a lock is a write too: so devices that were
// seen within the minute are left out before the INSERT, whose own condition only settles races. Sorted, so
// that two writers never wait for each other.
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
    WHERE known.device_id IS NULL OR known.last_seen < seen.last - ${EXACT_TO}
    ORDER BY device_id
    ON CONFLICT (device_id) DO UPDATE SET last_seen = excluded.last_seen
    WHERE stored.last_seen < excluded.last_seen - ${EXACT_TO}`,
};

const COLUMNS = "device_id, first_seen, last_seen";

const FIND = { name: "devices.find", text: `SELECT ${COLUMNS} FROM devices WHERE device_id = $1` };

const LIST = {
  name: "devices.list",
  text: `SELECT ${COLUMNS} FROM devices ORDER BY device_id LIMIT $1 OFFSET $2`,
};

const COUNT = { name: "devices.count", text: "SELECT count(*) FROM devices" };

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

    async find(deviceId) {
      const [row] = await query<DeviceRow>(pool, "finding a device", { ...FIND, values: [deviceId] });
      return row && deviceOf(row);
    },

    async list({ limit, offset }) {
      const [rows, [counted]] = await Promise.all([
        query<DeviceRow>(pool, "listing devices", { ...LIST, values: [limit, offset] }),
        query<{ count: string }>(pool, "counting devices", COUNT),
      ]);
      return { devices: rows.map(deviceOf), count: Number(counted?.count) };
    },
  };
}

const deviceOf = (row: DeviceRow): Device => ({
  deviceId: row.device_id,
  firstSeen: Number(row.first_seen),
  lastSeen: Number(row.last_seen),
});
