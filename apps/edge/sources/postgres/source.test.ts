import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../../../test/edge/polled-site.ts";
import { startProxy, type TcpProxy } from "../../../../test/proxy.ts";
import type { PostgresSource } from "./source.ts";

let site: Site;
let proxy: TcpProxy;
let source: PostgresSource;
beforeAll(async () => {
  site = await openSite();
  proxy = await startProxy(site.database.url);
});
afterEach(async () => {
  await source.stop();
  site.taken.length = 0;
  site.append = async () => undefined;
});
afterAll(async () => {
  await proxy.close();
  await site.close();
});

const each = (table: string) => ({ table, time: "ts", device_id: "here", interval: "100ms" });
const insert = (table: string, value: number) =>
  site.sql(`INSERT INTO ${table} VALUES (clock_timestamp(), $1)`, [value]);
const values = () => site.taken.map(({ value }) => value);

const SESSIONS = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'telemetry-edge'`;

describe("createPostgresSource", () => {
  it("polls until it is stopped, and goes on after a restart where it was [EDGE-05]", async () => {
    await site.sql("CREATE TABLE steady (ts timestamptz, x int)");
    source = site.source([each("public.steady")]);
    await source.start();
    for (const value of [1, 2, 3]) {
      await insert("steady", value);
      await expect.poll(values).toContain(value);
    }
    await source.stop();
    expect(values()).toEqual([1, 2, 3]);
    expect(source.status).toEqual({ collected: 3, refused: 0, lastSuccessAt: expect.any(Number) });
    await insert("steady", 4);
    source = site.source([each("public.steady")]);
    await source.start();
    await expect.poll(values).toContain(4);
    expect(Object.values(site.inEffect())).toEqual([1, 2, 3, 4]);
  });

  it("keeps its mark while the database is away, and takes all when it is back [EDGE-05]", async () => {
    await site.sql("CREATE TABLE interrupted (ts timestamptz, x int)");
    source = site.source([each("public.interrupted")], proxy.url);
    await source.start();
    await insert("interrupted", 1);
    await expect.poll(values).toEqual([1]);
    proxy.break();
    await insert("interrupted", 2);
    await expect.poll(() => source.status.lastError).toBeTruthy();
    proxy.heal();
    await expect.poll(values, { timeout: 20_000 }).toEqual([1, 2]);
    await expect.poll(() => source.status.lastError).toBeUndefined();
  });

  it("goes on when its session is ended under it [EDGE-05]", async () => {
    await site.sql("CREATE TABLE ended (ts timestamptz, x int)");
    source = site.source([each("public.ended")]);
    await source.start();
    await insert("ended", 1);
    await expect.poll(values).toEqual([1]);
    await site.sql(`SELECT pg_terminate_backend(pid) FROM (${SESSIONS}) sessions`);
    await insert("ended", 2);
    await expect.poll(values, { timeout: 20_000 }).toEqual([1, 2]);
  });

  it("reads other tables while one is missing, and that one once it is there [EDGE-05]", async () => {
    await site.sql("CREATE TABLE present (ts timestamptz, x int)");
    source = site.source([each("public.absent"), { ...each("public.present"), values: ["x", "y"] }]);
    await source.start();
    await insert("present", 1);
    await expect.poll(values).toEqual([1]);
    const both = "there is no public.absent; public.present has no column y";
    await expect.poll(() => source.status.lastError).toBe(both);
    await site.sql("CREATE TABLE absent (ts timestamptz, x int)");
    await insert("absent", 2);
    await expect.poll(values, { timeout: 20_000 }).toEqual([1, 2]);
    await expect.poll(() => source.status.lastError).toBe("public.present has no column y");
  });

  it("changes nothing and could not if it wanted to, over one connection [EDGE-05]", async () => {
    await site.sql("CREATE TABLE watched (ts timestamptz, x int)");
    await site.sql("CREATE SEQUENCE hits");
    await site.sql("CREATE VIEW changing AS SELECT ts, nextval('hits') AS x FROM watched");
    await insert("watched", 1);
    source = site.source([each("public.changing"), each("public.watched")]);
    await source.start();
    await expect.poll(() => source.status.lastError).toContain("read-only transaction");
    await expect.poll(values).toEqual([1]);
    expect(await site.sql(SESSIONS)).toHaveLength(1);
  });

  it("stops while a database does not answer [EDGE-05]", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const url = new URL(site.database.url);
    url.port = String((silent.address() as { port: number }).port);
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    source = site.source([each("public.steady")], url.href);
    await source.start();
    await connected;
    const startedAt = performance.now();
    await source.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    silent.close();
  });
});
