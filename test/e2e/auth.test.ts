import { afterAll, beforeAll, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

interface Key {
  key_id: string;
  api_key: string;
}

const createKey = async (...scopes: string[]): Promise<Key> =>
  (await platform.post<Key>("/api/v1/keys", { name: `with ${scopes}`, scopes })).body;

const routes = manifest.flatMap(routesOf);
const pathOf = (path: string) => path.replace(/\{[a-z_]+\}/g, "x1");
const call = (route: (typeof routes)[number], key: string | null) => {
  if (route.method === "GET") return platform.get<Problem>(pathOf(route.path), { key });
  if (route.method === "DELETE") return platform.delete<Problem>(pathOf(route.path), { key });
  if (route.method === "PUT") return platform.put<Problem>(pathOf(route.path), {}, { key });
  return platform.post<Problem>(pathOf(route.path), {}, { key });
};

it.each(
  routes
    .filter(({ scope }) => scope !== "open")
    .map((route) => [`${route.method} ${route.path}`, route] as const),
)("%s wants a credential, a known one, and its scope [NFR-008]", async (_, route) => {
  const none = await call(route, null);
  expect(none.status).toBe(401);
  expect(none.headers.get("www-authenticate")).toContain("Bearer");
  expect((await call(route, "key_nobody.secret")).status).toBe(401);
  const others = ["ingest", "read", "operate"].filter((scope) => scope !== route.scope);
  const { api_key } = await createKey(...others);
  const forbidden = await call(route, api_key);
  expect(forbidden.status).toBe(403);
  expect(forbidden.body.detail).toContain(route.scope);
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
