import { randomBytes } from "node:crypto";
import { RefusedError } from "../../layers/core/errors.ts";
import { newId, sha256 } from "../../layers/core/ids.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { ApiKey, Keys } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type KeyDependencies = HttpDependencies & Pick<Dependencies, "registry">;

const SECRET_BYTES = 32;

export function createHandler(dependencies: KeyDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-keys"));
  return createHttpHandler({
    ...dependencies,
    routes,
    operations,
    handlers: handlersOf(dependencies.registry.keys),
  });
}

function handlersOf(keys: Keys): OperationHandlers<typeof operations> {
  return {
    async createKey({ body, caller, now }) {
      const keyId = newId("key");
      const apiKey = `${keyId}.${randomBytes(SECRET_BYTES).toString("base64url")}`;
      const { name, scopes, devices, types } = body;
      const limits = { devices: devices ?? undefined, types: types ?? undefined };
      const created = { createdAt: microsOf(now), createdBy: caller.keyId };
      const key = { keyId, name, scopes, ...limits, hash: sha256(apiKey), ...created };
      await keys.create(key);
      return { status: 201, body: { ...describe(key), api_key: apiKey } };
    },
    async listKeys() {
      const all = await keys.list();
      return { body: { keys: all.map(describe), count: all.length } };
    },
    async revokeKey({ params, now }) {
      const { key_id } = params;
      if (!(await keys.revoke(key_id, microsOf(now))))
        throw new RefusedError(404, `no API key ${key_id} in force`);
      return { body: { success: true, key_id } };
    },
  };
}

const describe = ({ keyId, name, scopes, devices, types, createdAt, revokedAt }: ApiKey) => ({
  key_id: keyId,
  name,
  scopes,
  devices: devices ?? null,
  types: types ?? null,
  created_at: formatTime(createdAt),
  revoked_at: revokedAt === undefined ? null : formatTime(revokedAt),
});
