import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  canonicalJson,
  checked,
  GENESIS,
  hashOf as hashInBrowser,
} from "../../apps/console/views/audit/chain.ts";
import { canonicalJson as canonicalOfCore, chainOf, type SealedHead } from "../../layers/core/audit.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";
import { hostileTexts, shown } from "./hostile.ts";

const underTest = consoleUnderTest();

const events = [
  ...Array.from({ length: 60 }, (_, i) => ({
    id: `m-${i}`,
    type: i % 2 === 0 ? "model.registered" : "model.updated",
    data: { model_id: `model-${i}`, vendor: "openai", price: i / 3 },
  })),
  ...hostileTexts.map((text, i) => ({
    id: `hostile ${i} ${text}`.slice(0, 200),
    type: "model.updated",
    data: { model_id: "m", note: text, [text]: [text, 1e21, 0.1, "ü€"] },
  })),
];

beforeAll(async () => {
  const headers = { "content-type": "application/cloudevents-batch+json" };
  const batch = events.map((event) => ({
    ...{ specversion: "1.0", source: "/models", time: new Date().toISOString(), correlation_id: "audited" },
    ...event,
  }));
  const answer = await underTest.platform.post("/api/v1/events", batch, { headers });
  expect(answer.status).toBe(202);
  await vi.waitFor(
    async () => {
      const path = "/api/v1/audit?limit=1";
      const { body } = await underTest.platform.get<{ head: { position: number } | null }>(path);
      expect(body.head?.position).toBe(events.length);
    },
    { timeout: 30_000, interval: 100 },
  );
}, 60_000);

describe("the audit", () => {
  it("is listed newest first, page by page, filtered, and shows an entry with its place in the chain", async () => {
    const page = await underTest.open({ path: "/audit" });
    const table = page.getByRole("table", { name: "Entries of the audit" });
    await table.getByRole("link", { name: String(events.length), exact: true }).waitFor();
    await screenshots(page, "audit");
    await page.getByRole("button", { name: "Next page" }).click();
    await table.getByRole("link", { name: "1", exact: true }).waitFor();
    await page.getByLabel("Type").fill("model.registered");
    await expect.poll(() => table.getByRole("row").count()).toBe(31);
    await table.getByRole("link", { name: "3", exact: true }).click();

    await page.getByRole("heading", { name: "Audit entry 3" }).waitFor();
    await page.getByText("the same").waitFor();
    await page.getByText('"model-2"').waitFor();
    await screenshots(page, "audit-entry");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Previous" }).click();
    await page.getByRole("heading", { name: "Audit entry 2" }).waitFor();
    await page.goto(`/audit/${events.length + 1}`);
    await page.getByText("The audit has no entry").waitFor();
  });

  it("is verified in the browser, each hash worked out anew", async () => {
    const page = await underTest.open({ path: "/audit/verify" });
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText(`Sound: ${events.length} entries.`).waitFor();
    await page.getByText("telemetry audit verify --heads heads.ndjson").waitFor();
    await screenshots(page, "audit-verify");
    await expectAccessible(page);
  });

  it("is found wrong where an entry is not what was hashed", async () => {
    const page = await underTest.open({ path: "/audit/verify" });
    await page.route("**/api/v1/audit?**", async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { entries: { position: number; userid: string }[] };
      for (const entry of body.entries) if (entry.position === 7) entry.userid = "nobody";
      await route.fulfill({ response: answer, json: body });
    });
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText("Position 7 is wrong.").waitFor();
  });

  it("says that it cannot go on, and nothing of the connection, where pages lead in a circle", async () => {
    const page = await underTest.open({ path: "/audit/verify" });
    await page.route("**/api/v1/audit?**", (route) =>
      route.fulfill({ json: { entries: [], next: 0, head: null } }),
    );
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByRole("alert").getByText("The console cannot go on").waitFor();
    await page.getByRole("alert").getByText("expected a page behind 0 next, got 0").waitFor();
  });

  it("shows hostile events as text", async () => {
    const page = await underTest.open({ path: "/audit" });
    await page.getByRole("table").getByText(shown(hostileTexts[0])).waitFor();
    for (let i = 0; i < hostileTexts.length; i++) {
      await page.goto(`/audit/${events.length - i}`);
      await page.getByText("the same").waitFor();
      expect(await page.locator("main :is(img, script, iframe)").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1_280);
    }
  }, 60_000);

  it.each(["light", "dark"] as const)(
    "has no serious fault for screen readers or weak eyes, %s",
    async (colorScheme) => {
      const page = await underTest.open({ path: "/audit?type=model.registered", colorScheme });
      await page.getByRole("table").getByRole("link").first().waitFor();
      await page.getByText("Sealed outside the database").waitFor();
      await expectAccessible(page);
    },
  );
});

describe("the chain as the browser checks it", () => {
  const event = (id: string, data: unknown): Event =>
    ({
      ...{ specversion: "1.0", id, source: "/s", type: "model.updated", time: "2026-01-01T00:00:00Z" },
      ...{ correlation_id: "c", data },
    }) as Event;
  const recordedAt = "2026-01-01T00:00:01Z";
  const entries = chainOf([event("a", { z: 1, a: [null, 0.1, 1e21] }), event("b", "ü"), event("c", {})], {
    after: undefined,
    recordedAt,
  });
  const start = { entries: 0, hash: GENESIS };
  const none = new Map<number, SealedHead[]>();

  it("writes values as the audit does", () => {
    for (const { event: given } of entries) expect(canonicalJson(given)).toBe(canonicalOfCore(given));
  });

  it("agrees with the audit about hashes and the chain", async () => {
    for (const entry of entries) expect(await hashInBrowser(entry)).toBe(entry.hash);
    expect(await checked(entries, start, none)).toEqual({ entries: 3, hash: entries[2]?.hash });
  });

  it("finds what is missing, changed, or not what was sealed", async () => {
    const [a, b, c] = entries;
    if (!a || !b || !c) throw new Error("expected three entries");
    expect(await checked([a, c], start, none)).toMatchObject({
      position: 2,
      message: expect.stringMatching(/expected 2/),
    });
    expect(await checked([a, { ...b, userid: "x" }], start, none)).toMatchObject({ position: 2 });
    const forked = chainOf([event("x", {})], { after: { position: 1, hash: GENESIS }, recordedAt });
    expect(await checked([a, ...forked], start, none)).toMatchObject({
      message: expect.stringMatching(/was made after/),
    });
    const sealed = new Map([
      [3, [{ position: 3, hash: GENESIS, recorded_at: recordedAt, sealed_at: recordedAt }]],
    ]);
    expect(await checked(entries, start, sealed)).toMatchObject({
      position: 3,
      message: expect.stringMatching(/sealed at/),
    });
  });
});
