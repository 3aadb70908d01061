import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { startPostgres } from "../../apps/local/services/postgres.ts";
import { freshVhost } from "../fresh.ts";
import { temporaryHome } from "../temporary-home.ts";
import { ADMIN_KEY, startOn } from "./place.ts";

const PER_REQUEST = 20;
const patience = { timeout: 180_000, interval: 200 };

it("keeps every log entry and event that was taken while PostgreSQL was down, once", {
  timeout: 240_000,
}, async () => {
  const [home, vhost] = await Promise.all([temporaryHome(), freshVhost()]);
  let postgres = await startPostgres({ home });
  const runtime = await startOn({ amqpUrl: vhost.url, databaseUrl: postgres.url });
  const headers = { "x-api-key": ADMIN_KEY, "content-type": "application/json" };
  let taken = 0;

  const post = async (path: string, list: readonly object[]) => {
    const answer = await fetch(`${runtime.url}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(list),
    });
    expect(answer.status, await answer.text()).toBe(202);
  };
  const send = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      const numbers = Array.from({ length: PER_REQUEST }, (_, i) => taken + i);
      const common = { correlation_id: "outage", time: new Date().toISOString() };
      const event = { ...common, specversion: "1.0", source: "/shop", type: "order.item.placed" };
      await post(
        "/api/v1/logs",
        numbers.map((n) => ({ ...common, service: "shop", message: `entry ${n}` })),
      );
      await post(
        "/api/v1/events",
        numbers.map((n) => ({ ...event, id: String(n) })),
      );
      taken += PER_REQUEST;
    }
  };
  const count = async (path: string): Promise<number> => {
    const answer = await fetch(`${runtime.url}${path}?correlation_id=outage&limit=1`, { headers });
    return ((await answer.json()) as { count: number }).count;
  };

  try {
    await send(10);
    await expect.poll(() => count("/api/v1/logs"), patience).toBeGreaterThan(0);
    await postgres.kill("SIGKILL");
    await send(30);
    postgres = await startPostgres({ home });
    await send(10);
    await expect.poll(() => count("/api/v1/logs"), patience).toBe(taken);
    await expect.poll(() => count("/api/v1/events"), patience).toBe(taken);
    expect(await count("/api/v1/dead-letters")).toBe(0);
  } finally {
    await runtime.stop();
    await postgres.kill("SIGKILL");
    await Promise.all([vhost.drop(), rm(home, { recursive: true, force: true })]);
  }
});
