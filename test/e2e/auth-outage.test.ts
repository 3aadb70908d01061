import { afterAll, beforeAll, expect, it } from "vitest";
import { freshDatabase } from "../fresh.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { point } from "../points.ts";
import { startProxy, type TcpProxy } from "../proxy.ts";

let platform: Platform;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await freshDatabase();
  proxy = await startProxy(database.url);
  platform = await startPlatform({ databaseUrl: proxy.url });
});

afterAll(async () => {
  proxy.heal();
  await platform.stop();
  await proxy.close();
  await database.drop();
});

const send = (key: string | null) =>
  platform.post<Problem>("/api/v1/telemetry/devices/d/telemetry", point(), { key });

it("lets known keys send while the database is away, tells others to come again, and still wants a credential [NFR-008]", async () => {
  const { body } = await platform.post<{ api_key: string }>("/api/v1/keys", {
    name: "known",
    scopes: ["ingest"],
  });
  expect((await send(body.api_key)).status).toBe(200);
  proxy.break();
  expect((await send(body.api_key)).status).toBe(200);
  const unknown = await send("key_unknown.secret");
  expect([unknown.status, unknown.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect((await send(null)).status).toBe(401);
  proxy.heal();
  await expect.poll(async () => (await send("key_unknown.secret")).status, { timeout: 15_000 }).toBe(401);
});
