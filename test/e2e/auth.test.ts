import { afterAll, beforeAll, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { type Issuer, startIssuer } from "../issuer.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";

let platform: Platform;
let issuer: Issuer;

beforeAll(async () => {
  issuer = await startIssuer();
  platform = await startPlatform({ jwt: issuer.settings });
});

afterAll(async () => {
  await platform.stop();
  await issuer.close();
});

interface Key {
  key_id: string;
  api_key: string;
}

const createKey = async (...scopes: string[]): Promise<Key> =>
  (await platform.post<Key>("/api/v1/keys", { name: `with ${scopes}`, scopes })).body;

const routes = manifest.flatMap(routesOf);
const guarded = routes
  .filter(({ scope }) => scope !== "open")
  .map((route) => [`${route.method} ${route.path}`, route] as const);
const pathOf = (path: string) => path.replace(/\{[a-z_]+\}/g, "x1");
const call = (route: (typeof routes)[number], key: string | null) => {
  if (route.method === "GET") return platform.get<Problem>(pathOf(route.path), { key });
  if (route.method === "DELETE") return platform.delete<Problem>(pathOf(route.path), { key });
  if (route.method === "PUT") return platform.put<Problem>(pathOf(route.path), {}, { key });
  return platform.post<Problem>(pathOf(route.path), {}, { key });
};

it.each(guarded)("%s wants a credential, a known one, and its scope [NFR-008]", async (_, route) => {
  const none = await call(route, null);
  expect(none.status).toBe(401);
  expect(none.headers.get("www-authenticate")).toContain("Bearer");
  expect((await call(route, "key_nobody.secret")).status).toBe(401);
  const others = ["ingest", "read", "operate"].filter((scope) => scope !== route.scope);
  const { api_key } = await createKey(...others);
  const forbidden = await call(route, api_key);
  expect(forbidden.status).toBe(403);
  expect(forbidden.body.detail).toContain(route.scope);
  expect(forbidden.headers.get("www-authenticate")).toContain("insufficient_scope");
});

it.each(guarded)("%s lets in whoever has its scope, by a key and by a token [NFR-008]", async (_, route) => {
  const { api_key } = await createKey(route.scope);
  for (const credential of [api_key, await issuer.token({ scope: route.scope })]) {
    expect([401, 403]).not.toContain((await call(route, credential)).status);
  }
  const elsewhere = await issuer.token({ scope: "openid" });
  expect((await call(route, elsewhere)).status).toBe(403);
});

it.each(guarded.filter(([, { scope, path }]) => scope !== "ingest" && !path.includes("{device_id}")))(
  "%s is closed to a key that is limited to devices or types, whatever its scopes [NFR-008]",
  async (_, route) => {
    const { body } = await platform.post<Key>("/api/v1/keys", {
      name: "limited",
      scopes: [route.scope],
      devices: ["*"],
    });
    const answer = await call(route, body.api_key);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining("limited")]);
  },
);

it("knows every route by which something is sent past {device_id}: each holds limited keys to their limits itself", () => {
  const own = routes.filter(({ scope, path }) => scope === "ingest" && !path.includes("{device_id}"));
  expect(own.map(({ path }) => path).sort()).toEqual([
    ...["/api/v1/events", "/api/v1/logs", "/api/v1/telemetry/bulk", "/v1/logs", "/v1/metrics"],
  ]);
});

it("lets a key with the scope through, as Bearer and as X-Api-Key", async () => {
  const { api_key } = await createKey("read");
  expect((await platform.get("/metrics", { key: api_key })).status).toBe(200);
  const bearer = { authorization: `Bearer ${api_key}` };
  expect((await platform.get("/metrics", { key: null, headers: bearer })).status).toBe(200);
});

it("lets nobody in for X-Internal-Call alone [NFR-008]", async () => {
  const answer = await platform.get("/metrics", { key: null, headers: { "x-internal-call": "true" } });
  expect(answer.status).toBe(401);
  const { api_key } = await createKey("ingest");
  const headers = { "x-internal-call": "true" };
  const asInternal = { specversion: "1.0", id: "1", source: "/me", type: "device.deleted", data: {} };
  expect((await platform.get("/metrics", { key: api_key, headers })).status).toBe(403);
  expect((await platform.post("/api/v1/events", asInternal, { key: api_key, headers })).status).toBe(403);
});

it.each(["telemetry.data.received", "alert.triggered", "metric.defined", "device.deleted", "user.deleted"])(
  "takes events of the platform's own type %s from callers with the scope internal only [NFR-008]",
  async (type) => {
    const event = { specversion: "1.0", id: "1", source: "/me", type, data: {} };
    const post = async (...scopes: string[]) => {
      const { api_key } = await createKey(...scopes);
      return (await platform.post("/api/v1/events", event, { key: api_key })).status;
    };
    expect([await post("ingest"), await post("ingest", "admin")]).toEqual([403, 403]);
    expect(await post("ingest", "internal")).not.toBe(403);
  },
);

it("says of a token that it does not accept why, and that it was the token [NFR-008]", async () => {
  const expired = await issuer.token({ exp: 1_000 });
  const answer = await platform.get<Problem>("/metrics", {
    key: null,
    headers: { authorization: `Bearer ${expired}` },
  });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
  expect(answer.body.detail).toContain("exp");
});

it("names a token's subject as the user of the events that it sends", async () => {
  const token = await issuer.token({ sub: "alice", scope: "ingest read" });
  const event = { specversion: "1.0", id: "by-alice", source: "/me", type: "order.placed", data: {} };
  expect((await platform.post("/api/v1/events", event, { key: token })).status).toBe(202);
  const stored = async () => (await platform.get<unknown>("/api/v1/events/by-alice", { key: token })).body;
  await expect
    .poll(async () => JSON.stringify(await stored()), { timeout: 15_000 })
    .toContain('"userid":"alice"');
});

it("shows a key once, lists it without its secret, and revokes it", async () => {
  const { key_id, api_key } = await createKey("read");
  const list = await platform.get<{ keys: { key_id: string }[] }>("/api/v1/keys");
  expect(list.body.keys.map((key) => key.key_id)).toContain(key_id);
  expect(JSON.stringify(list.body)).not.toContain(api_key.split(".")[1]);
  expect((await platform.delete(`/api/v1/keys/${key_id}`)).status).toBe(200);
  expect((await platform.delete(`/api/v1/keys/${key_id}`)).status).toBe(404);
});

it("answers health, the API document and its page without a credential [E6-US3 AC4]", async () => {
  for (const path of ["/health", "/openapi.json", "/docs"]) {
    expect((await platform.get(path, { key: null })).status).toBe(200);
  }
});

it("says of an unknown path and of a wrong method that there is no such route", async () => {
  expect((await platform.get<Problem>("/api/v1/nothing")).body.detail).toBe("no route GET /api/v1/nothing");
  expect((await platform.delete("/health")).status).toBe(404);
});
