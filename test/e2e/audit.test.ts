import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditPage, auditOf, modelEvent } from "../audit.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { telemetry } from "../telemetry.ts";

let platform: Platform;
let audit: ReturnType<typeof auditOf>;
let env: Record<string, string>;

const idsOf = ({ entries }: AuditPage) => entries.map(({ id }) => id);

beforeAll(async () => {
  platform = await startPlatform();
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
  audit = auditOf(platform);
  await audit.send(Array.from({ length: 5 }, (_, i) => modelEvent(`e${i + 1}`)));
  await audit.recorded(5);
});

afterAll(() => platform.stop());

describe("the audit", () => {
  it("has every event of a model, once, and no other [BUS-19]", async () => {
    const events = [
      modelEvent("m1", { type: "model.registered", data: { model_id: "m1", vendor: "openai" } }),
      modelEvent("m2", { type: "model.deactivated" }),
      modelEvent("m3", { type: "model.queried" }),
      modelEvent("m4", { type: "model.version.published", data: { anything: [1, 2] } }),
    ];
    const others = [
      modelEvent("f1", { type: "filter.executed", data: {} }),
      modelEvent("o1", { type: "order.made" }),
    ];
    const known = (await audit.read()).head?.position ?? 0;
    await audit.send([...events, ...others]);
    await audit.send([...events.toReversed(), modelEvent("m1", { source: "/another" }), modelEvent("last")]);
    await audit.recorded(known + events.length + 2);
    const page = await audit.read(`?after=${known}`);
    expect(idsOf(page)).toEqual(["m1", "m2", "m3", "m4", "m1", "last"]);
    expect(page.entries[3]).toMatchObject({ type: "model.version.published", event: events[3] });
  });

  it("keeps what is too old for other consumers [BUS-19]", async () => {
    const known = (await audit.read()).head?.position ?? 0;
    const old = modelEvent("old", { time: "2020-02-29T12:00:00+01:00" });
    await audit.send([old]);
    await audit.recorded(known + 1);
    await audit.send([old, modelEvent("after-old")]);
    await audit.recorded(known + 2);
    expect(idsOf(await audit.read(`?after=${known}`))).toEqual(["old", "after-old"]);
    const found = await audit.read("?start_time=2020-01-01T00:00:00Z&end_time=2021-01-01T00:00:00Z");
    expect(found.entries).toMatchObject([{ id: "old", time: "2020-02-29T11:00:00Z", event: old }]);
  });

  it("is read by page, type, source and correlation id, oldest or newest first", async () => {
    const first = await audit.read("?limit=2");
    expect([idsOf(first), first.next]).toEqual([["e1", "e2"], 2]);
    expect(idsOf(await audit.read("?limit=2&after=2"))).toEqual(["e3", "e4"]);
    const newest = await audit.read("?limit=2&order=newest");
    expect(newest.entries[0]?.position).toBe(newest.head?.position);
    expect(idsOf(await audit.read("?correlation_id=request-e3"))).toEqual(["e3"]);
    expect(await audit.read("?type=model.nothing")).toMatchObject({ entries: [], next: null });
    expect(idsOf(await audit.read("?source=/another"))).toEqual(["m1"]);
  });

  it("refuses a range that ends before it starts, and what it does not know", async () => {
    const range = "start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z";
    expect((await platform.get(`/api/v1/audit?${range}`)).status).toBe(422);
    expect((await platform.get("/api/v1/audit?model=m1")).status).toBe(400);
    expect((await platform.get("/api/v1/audit", { key: null })).status).toBe(401);
  });

  it("is listed on the command line", async () => {
    const { code, out } = await telemetry(["audit", "list", "--correlation-id", "request-e3"], { env });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ +3 {2}\S+Z +model\.updated +\/ims\/api\/models#e3 {2}correlation id request-e3 {2}by key_admin\n$/,
    );
    const newest = await telemetry(["audit", "list", "--limit", "3", "--json"], { env });
    expect(newest.out.trim().split("\n")).toHaveLength(3);
  });

  it("refuses UPDATE, DELETE and TRUNCATE to the application's own role [BUS-19]", async () => {
    const client = new Client({ connectionString: platform.databaseUrl });
    await client.connect();
    for (const change of [
      "UPDATE audit_entries SET type = 'x'",
      "DELETE FROM audit_entries",
      "TRUNCATE audit_entries",
    ]) {
      await expect(client.query(change)).rejects.toMatchObject({ code: "42501" });
    }
    await client.end();
    expect(await telemetry(["audit", "verify"], { env })).toMatchObject({ code: 0 });
  });
});
