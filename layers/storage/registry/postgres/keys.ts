import type pg from "pg";
import { RefusedError } from "../../../core/errors.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import { type ApiKey, type Keys, type Scope, scopes } from "../port.ts";

interface KeyRow {
  key_id: string;
  name: string;
  scopes: string[];
  hash: Buffer;
  devices: string[] | null;
  types: string[] | null;
  created_at: string;
  created_by: string | null;
  revoked_at: string | null;
}

// The update changes nothing: it makes the row come back if the secret is the same, and only then.
const CREATE = {
  name: "keys.create",
  text: `
    INSERT INTO api_keys AS stored (key_id, name, scopes, hash, created_at, devices, types, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (key_id) DO UPDATE SET name = stored.name WHERE stored.hash = excluded.hash
    RETURNING key_id`,
};

const REPLACE = {
  name: "keys.replace",
  text: `
    INSERT INTO api_keys (key_id, name, scopes, hash, created_at, devices, types, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (key_id) DO UPDATE
    SET name = excluded.name, scopes = excluded.scopes, hash = excluded.hash,
        created_at = excluded.created_at, devices = excluded.devices, types = excluded.types,
        created_by = excluded.created_by, revoked_at = NULL`,
};

const COLUMNS = "key_id, name, scopes, devices, types, hash, created_at, created_by, revoked_at";

const FIND = { name: "keys.find", text: `SELECT ${COLUMNS} FROM api_keys WHERE key_id = $1` };

const LIST = { name: "keys.list", text: `SELECT ${COLUMNS} FROM api_keys ORDER BY created_at DESC, key_id` };

const REVOKE = {
  name: "keys.revoke",
  text: "UPDATE api_keys SET revoked_at = $2 WHERE key_id = $1 AND revoked_at IS NULL RETURNING key_id",
};

const REVOKE_OF = {
  name: "keys.revoke-of",
  text: `
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2)
    WHERE (created_by = $1 OR name = $1 OR key_id = $1) AND created_at <= $2
    RETURNING key_id`,
};

export function openKeys(pool: pg.Pool): Keys {
  return {
    async create(key) {
      const created = await query(pool, "creating a key", { ...CREATE, values: valuesOf(key) });
      if (created.length === 0) {
        throw new RefusedError(409, `key ${key.keyId} exists with another secret`, [
          { path: "key_id", message: "exists with another secret" },
        ]);
      }
    },

    async replace(key) {
      await query(pool, "replacing a key", { ...REPLACE, values: valuesOf(key) });
    },

    async find(keyId) {
      const [row] = await query<KeyRow>(pool, "finding a key", { ...FIND, values: [keyId] });
      return row && keyOf(row);
    },

    async list() {
      const rows = await query<KeyRow>(pool, "listing keys", LIST);
      return rows.map(keyOf);
    },

    async revoke(keyId, at) {
      const revoked = await query(pool, "revoking a key", { ...REVOKE, values: [keyId, at] });
      return revoked.length > 0;
    },

    async revokeOf(userId, at) {
      const statement = { ...REVOKE_OF, values: [userId, at] };
      const rows = await query<{ key_id: string }>(pool, "revoking a user's keys", statement);
      return rows.map(({ key_id }) => key_id);
    },
  };
}

const valuesOf = ({ keyId, name, scopes, hash, createdAt, createdBy, devices, types }: ApiKey) => [
  keyId,
  name,
  textArray(scopes),
  hash,
  createdAt,
  devices ? textArray(devices) : null,
  types ? textArray(types) : null,
  createdBy ?? null,
];

function keyOf(row: KeyRow): ApiKey {
  const key: ApiKey = {
    keyId: row.key_id,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    hash: row.hash,
    createdAt: Number(row.created_at),
  };
  if (row.devices !== null) key.devices = row.devices;
  if (row.types !== null) key.types = row.types;
  if (row.created_by !== null) key.createdBy = row.created_by;
  if (row.revoked_at !== null) key.revokedAt = Number(row.revoked_at);
  return key;
}

/** A scope that a newer version of this program knows grants nothing here. */
const isScope = (scope: string): scope is Scope => scopes.some((known) => known === scope);
