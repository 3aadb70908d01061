import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { startPostgres } from "../../apps/local/services/postgres.ts";
import { freshVhost } from "../fresh.ts";
import { temporaryHome } from "../temporary-home.ts";
import { Ledger } from "./ledger.ts";
import { startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

export interface OutageOptions {
  /** How long PostgreSQL is away. */
  outageMs: number;
  /** See `LoadOptions`. */
  meanPauseMs?: number;
}

/** Kills PostgreSQL under load, leaves it down for a while, and starts it again on the same data. */
export async function survivesPostgresOutage({ outageMs, meanPauseMs }: OutageOptions): Promise<void> {
  const random = seededRandom();
  const home = await temporaryHome();
  const vhost = await freshVhost();
  let postgres = await startPostgres({ home });
  const place = { amqpUrl: vhost.url, databaseUrl: postgres.url };
  const runtime = await startOn(place);
  try {
    const ledger = new Ledger();
    const load = startLoad({ url: () => runtime.url, ledger, random, meanPauseMs });
    await expect.poll(() => ledger.size, { timeout: 30_000 }).toBeGreaterThan(1_000);

    await postgres.kill("SIGKILL");
    const before = ledger.size;
    await pause(outageMs);
    expect(load.failures, "ingest went on answering").toEqual({});
    expect(ledger.size).toBeGreaterThan(before + outageMs / 10);
    postgres = await startPostgres({ home });

    const after = ledger.size;
    await expect.poll(() => ledger.size, { timeout: 30_000 }).toBeGreaterThan(after + 500);
    await load.stop();
    expect(load.failures).toEqual({});
    await runtime.stop();
    await workOff(place);
    const title = `PostgreSQL down for ${outageMs / 1_000} s`;
    expect(await tallyOf(title, place, ledger, random.seed)).toEqual(allStored(ledger));
  } finally {
    await runtime.stop();
    await postgres.kill("SIGKILL");
    await Promise.all([vhost.drop(), rm(home, { recursive: true, force: true })]);
  }
}
