import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import { openSite, type Site, untilAborted } from "../../../../test/edge/polled-site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const WINDOW_MS = 60_000;

/** Rows that are written together: so many ms before now, or ahead of it, the device, and the value. */
const rows = fc.array(
  fc.record({
    ago: fc.oneof(fc.constantFrom(0, 1_000, WINDOW_MS, -5 * WINDOW_MS), fc.nat(WINDOW_MS)),
    device: fc.constantFrom("a", "b", "c"),
    value: fc.nat(1_000),
  }),
  { minLength: 1, maxLength: 8 },
);

const step = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), rows }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(2 * WINDOW_MS) }),
  fc.constant({ kind: "look" as const }),
  fc.constant({ kind: "restart" as const }),
  fc.constant({ kind: "fail" as const }),
);

const shape = fc.record({
  batch_rows: fc.integer({ min: 1, max: 4 }),
  rememberedRows: fc.constantFrom(2, 5, 1_000),
  pagesPerLook: fc.constantFrom(1, 3, 100),
});

const UPSERT = `INSERT INTO points VALUES ($1, $2, $3) ON CONFLICT (ts, device) DO UPDATE SET x = excluded.x`;

it("every row arrives, and counts once, whatever comes late, at one time, or after a restart [EDGE-05]", async () => {
  await site.sql("CREATE TABLE points (ts timestamptz, device text, x int, PRIMARY KEY (ts, device))");
  const run = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 30 }),
    shape,
    async (steps, limits) => {
      await site.sql("TRUNCATE points");
      site.taken.length = 0;
      // Each run after the last: its marks are in the past.
      site.now += 3_600_000;
      const settings = {
        table: "public.points",
        time: "ts",
        device: "device",
        late_window: "1m",
        batch_rows: limits.batch_rows,
      };
      const expected: Record<string, unknown> = {};
      let table = site.table(settings, limits);
      const look = async () => {
        while ((await table.look(untilAborted)).more);
      };
      for (const next of steps) {
        if (next.kind === "wait") site.now += next.ms;
        if (next.kind === "restart") table = site.table(settings, limits);
        if (next.kind === "look") await look();
        if (next.kind === "fail") {
          let appends = 0;
          site.append = async () => {
            if (appends++ > 0) throw new UnavailableError("the disk is full");
          };
          await look().catch(() => undefined);
          site.append = async () => undefined;
        }
        if (next.kind === "write") {
          for (const { ago, device, value } of next.rows) {
            const ts = new Date(site.now - ago).toISOString();
            await site.sql(UPSERT, [ts, device, value]);
            expected[`${ts.replace(".000Z", "Z")} ${device} x`] = value;
          }
        }
      }
      site.now += 2 * WINDOW_MS;
      await look();
      expect(site.inEffect()).toEqual(expected);
    },
  );
  await fc.assert(run, { numRuns: 40 });
});
