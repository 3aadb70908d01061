import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../test/fresh.ts";
import { systemClock } from "../core/clock.ts";
import type { Registry } from "../storage/registry/port.ts";
import { migrateRegistry } from "../storage/registry/postgres/migrate.ts";
import { openPostgresRegistry } from "../storage/registry/postgres/registry.ts";
import { ensureAdminKey } from "./admin-key.ts";
import { createAuthenticator } from "./auth.ts";

let database: Fresh;
let registry: Registry;

beforeAll(async () => {
  database = await freshDatabase();
  await migrateRegistry(database.url);
  registry = openPostgresRegistry({ connectionString: database.url });
});

afterAll(async () => {
  await registry.close();
  await database.drop();
});

/** Each with a cache of its own, as a function that has just started has. */
const enter = (key: string) =>
  createAuthenticator(registry.keys, systemClock).authenticate({ "x-api-key": key });

it("lets the bootstrap key in as an admin, and after it was replaced the new one only", async () => {
  await ensureAdminKey(registry.keys, "the-first-bootstrap-key");
  await ensureAdminKey(registry.keys, "the-first-bootstrap-key");
  expect((await enter("the-first-bootstrap-key")).scopes).toEqual(new Set(["admin"]));
  await ensureAdminKey(registry.keys, "another-bootstrap-key");
  expect((await enter("another-bootstrap-key")).scopes).toEqual(new Set(["admin"]));
  await expect(enter("the-first-bootstrap-key")).rejects.toThrow("unknown API key");
});
