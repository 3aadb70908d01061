import type pg from "pg";
import { stableHash } from "../../../core/ids.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { DeviceLives } from "../port/device-lives.ts";
import { closeAlerts } from "./alerts.ts";
import { addEvents } from "./outbox.ts";

// Changes one after the other, so that nobody who reads up to a serial misses a smaller one that is committed later.
const LOCK = { text: `SELECT pg_advisory_xact_lock(${stableHash("device-lives")})` };

const REGISTERED = {
  name: "device-lives.registered",
  text: `
    INSERT INTO device_lives AS stored (device_id, registered_at, serial)
    VALUES ($1, $2, nextval('device_lives_serial'))
    ON CONFLICT (device_id) DO UPDATE SET
      registered_at = greatest(stored.registered_at, excluded.registered_at), serial = excluded.serial
    RETURNING deleted_at IS NULL OR registered_at > deleted_at AS lives`,
};

const DELETED = {
  name: "device-lives.deleted",
  text: `
    INSERT INTO device_lives AS stored (device_id, deleted_at, erasing_since, serial)
    VALUES ($1, $2, $3, nextval('device_lives_serial'))
    ON CONFLICT (device_id) DO UPDATE SET
      deleted_at = greatest(stored.deleted_at, excluded.deleted_at),
      erasing_since = CASE WHEN stored.deleted_at >= excluded.deleted_at
        THEN stored.erasing_since ELSE excluded.erasing_since END,
      serial = excluded.serial
    RETURNING registered_at IS NULL OR registered_at <= deleted_at AS dead`,
};

const FORGET_PAIRS = {
  name: "device-lives.forget-pairs",
  text: "DELETE FROM alert_pairs WHERE device_id = $1",
};

const LEAVE_GROUPS = {
  name: "device-lives.leave-groups",
  text: "DELETE FROM device_groups WHERE device_id = $1",
};

const LEAVE_RULES = {
  name: "device-lives.leave-rules",
  text: `
    UPDATE alert_rules SET
      rule = jsonb_set(rule::jsonb, '{deviceIds}', (rule::jsonb->'deviceIds') - $1::text)::json,
      enabled = enabled AND NOT (
        rule::jsonb->'deviceIds' = jsonb_build_array($1::text) AND rule::jsonb->'deviceGroups' = '[]'::jsonb
      ),
      updated_at = $2
    WHERE rule::jsonb->'deviceIds' ? $1::text`,
};

const FORGET_DEVICE = {
  name: "device-lives.forget-device",
  text: "DELETE FROM devices WHERE device_id = $1",
};

const CHANGED = {
  name: "device-lives.changed",
  text: `
    SELECT device_id, registered_at, deleted_at, serial FROM device_lives
    WHERE serial > $1 AND deleted_at IS NOT NULL ORDER BY serial`,
};

const ERASING = {
  name: "device-lives.erasing",
  text: `
    SELECT device_id, deleted_at, erasing_since,
      CASE WHEN registered_at > deleted_at THEN deleted_at ELSE greatest(deleted_at, $1) END AS before
    FROM device_lives
    WHERE erasing_since IS NOT NULL ORDER BY erasing_since LIMIT $2`,
};

// Who saw the device while its deletion was being committed may have put it back.
const ERASED = {
  name: "device-lives.erased",
  text: `
    WITH erased AS (
      UPDATE device_lives SET erasing_since = NULL WHERE device_id = $1 AND deleted_at = $2
      RETURNING device_id, deleted_at >= coalesce(registered_at, deleted_at) AS dead
    )
    DELETE FROM devices USING erased WHERE devices.device_id = erased.device_id AND dead`,
};

interface LifeRow {
  device_id: string;
  registered_at: string | null;
  deleted_at: string;
  serial: string;
}

export function openDeviceLives(pool: pg.Pool): DeviceLives {
  return {
    registered: (deviceId, at) =>
      transaction(pool, "noting a registration", async (transaction) => {
        await transaction.query(LOCK);
        const { rows } = await transaction.query<{ lives: boolean }>({
          ...REGISTERED,
          values: [deviceId, at],
        });
        return rows[0]?.lives ?? false;
      }),

    deleted: (deviceId, at, knownAt, { deed, tell }) =>
      transaction(pool, "noting a deletion", async (transaction) => {
        await transaction.query(LOCK);
        const values = [deviceId, at, knownAt];
        const { rows } = await transaction.query<{ dead: boolean }>({ ...DELETED, values });
        if (!rows[0]?.dead) return false;
        const closed = await closeAlerts(transaction, { deviceId }, deed);
        if (closed.length > 0) transaction.atCommit(addEvents(closed.map(tell)));
        forget(transaction, deviceId, knownAt);
        return true;
      }),

    async changedSince(serial) {
      const rows = await query<LifeRow>(pool, "reading deletions", { ...CHANGED, values: [serial] });
      const lives = rows.map(({ device_id, registered_at, deleted_at }) => ({
        deviceId: device_id,
        registeredAt: registered_at === null ? undefined : Number(registered_at),
        deletedAt: Number(deleted_at),
      }));
      return { lives, serial: Number(rows.at(-1)?.serial ?? serial) };
    },

    async erasing(now, limit) {
      const rows = await query<LifeRow & { erasing_since: string; before: string }>(
        pool,
        "asking what to erase",
        {
          ...ERASING,
          values: [now, limit],
        },
      );
      return rows.map(({ device_id, deleted_at, erasing_since, before }) => ({
        deviceId: device_id,
        deletedAt: Number(deleted_at),
        before: Number(before),
        since: Number(erasing_since),
      }));
    },

    async erased({ deviceId, deletedAt }) {
      await query(pool, "noting an erasure", { ...ERASED, values: [deviceId, deletedAt] });
    },
  };
}

/** Behind the alerts: what closes them leaves the pairs as they would go on. */
function forget(transaction: Transaction, deviceId: string, at: number): void {
  transaction.atCommit({ ...FORGET_PAIRS, values: [deviceId] });
  transaction.atCommit({ ...LEAVE_GROUPS, values: [deviceId] });
  transaction.atCommit({ ...LEAVE_RULES, values: [deviceId, at] });
  transaction.atCommit({ ...FORGET_DEVICE, values: [deviceId] });
}
